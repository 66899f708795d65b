//! `monogram dev`: the page's answers, and what changes when the file does.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};

use super::{Sandbox, monogram};

/// A running page.
struct Page {
    process: Child,
    address: String,
}

impl Page {
    fn open(sandbox: &Sandbox, file: &str) -> Self {
        let mut process = monogram()
            .current_dir(&sandbox.0)
            .args(["dev", file, "--port", "0"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.split("http://").nth(1).unwrap_or_else(|| panic!("{line}")).trim_end_matches(['/', '\n']);
        Self { process, address: address.to_owned() }
    }

    /// The answer to a request: its head and its body.
    fn ask(&self, path: &str, host: &str) -> (String, Vec<u8>) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let end = answer.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
        (String::from_utf8_lossy(&answer[..end]).into_owned(), answer[end + 4..].to_vec())
    }

    fn get(&self, path: &str) -> (u16, String) {
        let (head, body) = self.ask(path, &self.address);
        (head.split(' ').nth(1).unwrap().parse().unwrap(), String::from_utf8_lossy(&body).into_owned())
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn the_page_shows_the_template_and_follows_its_file() {
    let sandbox = Sandbox::new("dev");
    let page = Page::open(&sandbox, "hello.json");
    for (path, status, part) in [
        ("/", 200, "<h2 id=\"worst-title\">Worst cases"),
        ("/page.css", 200, "color-scheme: light dark"),
        ("/page.js", 200, "watch();"),
        ("/template.json", 200, "\"name\":\"name\""),
        ("/cases.json", 200, "\"name\":\"as long as may be\""),
        ("/explain.json?name=Ana", 200, "Hello, Ana!"),
        ("/picture.png?name=Ana", 200, "PNG"),
        ("/picture.jpg?_dpr=2", 200, "JFIF"),
        ("/picture.bmp", 404, ""),
        ("/picture.json", 404, ""),
        ("/../Cargo.toml", 404, ""),
        ("/nope", 404, ""),
    ] {
        let (found, body) = page.get(path);
        assert_eq!(
            (found, body.contains(part)),
            (status, true),
            "{path}: {}",
            body.chars().take(300).collect::<String>()
        );
    }
    let (head, _) = page.ask("/", &page.address);
    assert!(head.contains("Content-Security-Policy: default-src 'none'"), "{head}");

    // Another name of this machine, by which another site could reach the page.
    let (head, body) = page.ask("/template.json", "evil.example");
    assert!(head.starts_with("HTTP/1.1 403") && !String::from_utf8_lossy(&body).contains("name"), "{head}");

    // The file changes.
    let before = page.get("/changes");
    assert_eq!(page.get("/changes"), before);
    let file = sandbox.0.join("hello.json");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("Hello, ", "Goodbye, ")).unwrap();
    assert_ne!(page.get("/changes"), before);
    assert!(page.get("/explain.json?name=Ana").1.contains("Goodbye, Ana!"));
    std::fs::write(&file, text.replace("\"size\"", "\"siez\"")).unwrap();
    let (status, body) = page.get("/picture.png");
    assert_eq!(status, 422);
    assert!(body.contains("did you mean `size`?"), "{body}");
    assert!(page.get("/template.json").1.contains("\"problem\""));
}

#[test]
fn a_taken_port_and_a_missing_file_are_named() {
    let sandbox = Sandbox::new("dev-errors");
    let page = Page::open(&sandbox, "hello.json");
    let port = page.address.rsplit(':').next().unwrap();
    for (arguments, part) in
        [(["hello.json", "--port", port], "take another one with --port"), (["none.json", "--port", "0"], "none.json")]
    {
        let ran = monogram().current_dir(&sandbox.0).arg("dev").args(arguments).output().unwrap();
        assert!(!ran.status.success());
        let error = String::from_utf8(ran.stderr).unwrap();
        assert!(error.starts_with("error: ") && error.contains(part), "{error}");
    }
}
