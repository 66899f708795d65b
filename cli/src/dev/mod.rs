//! `monogram dev hello.json`: a page on this machine that shows a template while it is written.
//!
//! The page asks every half second whether a file has changed, and then draws the picture again. It
//! is served to this machine only: the server listens on the loopback address, and answers only
//! requests that name it, so that no other site can reach it by a name of its own (DNS rebinding).

mod site;
mod stamp;

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::thread;

use tiny_http::{Header, Request, Response, Server};

use crate::Done;
use crate::folder::Folder;

use site::{Reply, Site};

/// Requests that are answered at once: a page of thumbnails asks for several.
const THREADS: usize = 4;

/// Which template, and where.
#[derive(clap::Args)]
pub struct Arguments {
    /// The file of the template.
    #[arg(value_name = "TEMPLATE.json")]
    template: PathBuf,
    /// The port on this machine; 0 takes a free one.
    #[arg(long, default_value_t = 7070)]
    port: u16,
}

/// Serves the page until the process is ended.
///
/// # Errors
/// The port is taken, or there is no such file.
pub fn run(arguments: &Arguments, folder: &Folder) -> Done {
    let Arguments { template, port } = arguments;
    crate::folder::text(template)?;
    let server = Server::http(("127.0.0.1", *port))
        .map_err(|error| format!("port {port} cannot be used: {error}; take another one with --port"))?;
    let address = server.server_addr().to_ip().ok_or("the server has no address")?;
    // Whoever started it may not read on.
    let _ = writeln!(io::stdout(), "{} is shown on http://{address}/\nCtrl-C ends it.", template.display());
    let root = folder.path("");
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                // A folder has a cache, which is not shared between threads.
                let site = Site::new(template, Folder::new(root.clone()).beside(template));
                for request in server.incoming_requests() {
                    answer(request, &site, address.port());
                }
            });
        }
    });
    Ok(ExitCode::SUCCESS)
}

fn answer(request: Request, site: &Site, port: u16) {
    let host = request.headers().iter().find(|header| header.field.equiv("Host")).map(|header| header.value.as_str());
    let is_ours = [format!("127.0.0.1:{port}"), format!("localhost:{port}")].iter().any(|own| host == Some(own));
    let reply = if is_ours {
        site.answer(request.method().as_str(), request.url())
    } else {
        Reply::text(403, "This page is for the machine that it runs on.")
    };
    let mut response = Response::from_data(reply.body).with_status_code(reply.status);
    for (name, value) in [
        ("Content-Type", reply.content_type),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        (
            "Content-Security-Policy",
            "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; connect-src 'self'; \
             base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
             trusted-types 'none'",
        ),
    ] {
        // These names and values are valid.
        if let Ok(header) = Header::from_bytes(name, value) {
            response.add_header(header);
        }
    }
    // A page that was closed does not read its answer.
    let _ = request.respond(response);
}
