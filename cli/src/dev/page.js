// The page of `monogram dev`: a form for the params, the picture, its layers, its worst cases. It
// asks the server whether a file has changed, and then draws everything again.

const POLL_MS = 500;
const TYPING_MS = 120;
const THUMB_PX = 480;

const at = (id) => document.getElementById(id);
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/** An element with a class and children; strings are text, never HTML. */
function make(tag, name, ...children) {
  const element = document.createElement(tag);
  if (name) element.className = name;
  element.append(...children);
  return element;
}

let template = null; // the last valid description
let version = ""; // the stamp of the files that are shown
let drawing = 0; // counts drawings, so that a late answer of an older one is dropped

// The values live in the page's address, so that a reload keeps them.
const values = new URLSearchParams(location.search);

function query(extra = {}) {
  const all = new URLSearchParams();
  for (const param of template?.params ?? []) if (values.get(param.name)) all.set(param.name, values.get(param.name));
  for (const [name, value] of Object.entries(extra)) if (value) all.set(name, value);
  return all.toString();
}

function remember() {
  history.replaceState(null, "", values.size ? `?${values}` : location.pathname);
}

// --- the form

function form() {
  at("params").replaceChildren(...template.params.map(field));
  at("no-params").hidden = template.params.length > 0;
}

function field(param) {
  const id = `param-${param.name}`;
  const why = make("span", "why");
  why.id = `why-${param.name}`;
  const label = make("label", "", make("span", "word", param.name), make("span", "type", param.type), why);
  label.htmlFor = id;
  const row = make("div", "param", label);
  if (param.description) row.append(make("p", "hint", param.description));
  row.append(control(param, id));
  return row;
}

function control(param, id) {
  const value = values.get(param.name) ?? "";
  if (param.choices) {
    const select = make("select");
    const none = param.default === undefined ? "no value" : `default: ${param.default}`;
    select.append(new Option(none, ""), ...param.choices.map((word) => new Option(word, word)));
    select.value = value;
    return listen(select, param, id);
  }
  const input = make("input");
  input.type = param.type === "number" ? "number" : "text";
  input.placeholder = param.default ?? "no value";
  input.spellcheck = false;
  if (param.type === "number") {
    input.step = "any";
    if (param.min !== undefined) input.min = param.min;
    if (param.max !== undefined) input.max = param.max;
  }
  if (param.type === "datetime") input.placeholder = param.default ?? "2026-12-24T18:00:00Z";
  if (param.type === "text") input.dir = "auto";
  input.value = value;
  listen(input, param, id);
  if (param.type !== "color") return input;
  const well = make("input");
  well.type = "color";
  well.ariaLabel = `${param.name}, as a colour`;
  const show = () => {
    const color = input.value || param.default || "#000000";
    const hex = /^#?([0-9a-f]{6})/i.exec(color);
    const short = /^#?([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(color);
    well.value = hex ? `#${hex[1].toLowerCase()}` : short ? `#${short.slice(1).map((digit) => digit + digit).join("")}`.toLowerCase() : "#000000";
  };
  show();
  input.addEventListener("input", show);
  well.addEventListener("input", () => {
    input.value = well.value;
    input.dispatchEvent(new Event("input"));
  });
  return make("div", "color", well, input);
}

let typing;
function listen(control, param, id) {
  control.id = id;
  control.addEventListener("input", () => {
    if (control.value) values.set(param.name, control.value);
    else values.delete(param.name);
    at("preset").value = "";
    press(null);
    remember();
    clearTimeout(typing);
    typing = setTimeout(draw, TYPING_MS);
  });
  return control;
}

function fill(text) {
  for (const { name } of template.params) values.delete(name);
  for (const [name, value] of new URLSearchParams(text)) values.set(name, value);
  remember();
  form();
  draw();
}

// --- the picture

function options() {
  return { _dpr: at("dpr").value === "1" ? "" : at("dpr").value, _debug: at("boxes").checked ? "boxes" : "" };
}

async function draw() {
  if (!template) return;
  const mine = ++drawing;
  state("drawing");
  const format = at("format").value;
  const url = `/picture.${format}?${query(options())}`;
  at("open").href = url;
  const next = new Image();
  next.src = `${url}&stamp=${version}`;
  const explained = fetch(`/explain.json?${query({ _dpr: options()._dpr })}`).then((answer) => answer.json());
  const [shown, explanation] = await Promise.allSettled([next.decode(), explained]);
  if (mine !== drawing) return;
  if (shown.status === "fulfilled") {
    const picture = at("picture");
    picture.src = next.src;
    // A picture of twice the pixels is as large as one of the template's own.
    picture.style.maxWidth = `min(100%, ${template.width}px)`;
    at("frame").classList.remove("stale");
  }
  if (explanation.status === "fulfilled" && explanation.value.layers) explain(explanation.value, format);
  state("live");
}

function explain(told, format) {
  at("picture").alt = told.alt;
  const kb = (bytes) => (bytes < 1000 ? `${bytes} B` : `${(bytes / 1000).toFixed(bytes < 10_000 ? 1 : 0)} kB`);
  const facts = [["size", `${told.width} × ${told.height} px`]];
  if (told.bytes?.[format]) facts.push([format, kb(told.bytes[format])]);
  if (told.bytes && format === "png") facts.push(["as jpg", kb(told.bytes.jpg)]);
  const fonts = [...new Set(told.fonts.map((font) => font.family))];
  if (fonts.length) facts.push(["fonts", fonts.join(", ")]);
  facts.push(["alt", told.alt || "none"]);
  at("facts").replaceChildren(...facts.map(([name, value]) => make("div", "", make("dt", "", name), make("dd", "", value))));

  const warnings = [...told.warnings];
  if (told.missing_glyphs) warnings.push(`${told.missing_glyphs} characters are in no font, and are drawn as boxes`);
  if (told.hint) warnings.push(told.hint);
  at("warnings").replaceChildren(...warnings.map((warning) => make("li", "", warning)));

  const words = { given: "", "url-default": "default", "template-default": "default", nothing: "missing" };
  for (const [name, param] of Object.entries(told.params)) {
    const why = at(`why-${name}`);
    if (!why) continue;
    why.textContent = words[param.source] ?? param.source;
    why.title = param.reason ?? "";
  }

  const rows = [];
  walk(told.layers, 0, rows);
  const out = told.left_out.map((layer) => row({ type: "left out", id: layer.id ?? layer.path }, 0, `when ${layer.when}`));
  out.forEach((item) => item.firstChild.classList.add("out"));
  at("layers").replaceChildren(...rows, ...out);
  at("layers-count").textContent = `${rows.length} drawn${out.length ? `, ${out.length} left out` : ""}`;
}

function walk(layers, depth, rows) {
  for (const layer of layers) {
    rows.push(row(layer, depth));
    walk(layer.children ?? [], depth + 1, rows);
  }
}

/** A line of the list of layers; its box is shown while the pointer or the focus is on it. */
function row(layer, depth, note) {
  const what = make("span", "what", layer.text ? layer.text.lines.join(" ⏎ ") : (layer.id ?? (layer.path ?? "").split(".").at(-1)));
  if (layer.text) what.dir = "auto";
  const size = make("span", "size");
  if (note) size.textContent = note;
  else if (layer.text) {
    const fitted = layer.text.size < layer.text.asked.size - 0.01;
    size.append(fitted ? `${trim(layer.text.asked.size)} → ${trim(layer.text.size)} px` : `${trim(layer.text.size)} px`);
    if (layer.text.overflow !== "none") size.append(make("span", "shrunk", ` ${layer.text.overflow}`));
  } else if (layer.box) size.textContent = `${trim(layer.box.width)} × ${trim(layer.box.height)}`;
  const button = make("button", "layer", make("span", "kind", layer.type), what, size);
  button.type = "button";
  button.style.paddingLeft = `${0.5 + depth}rem`;
  if (layer.box) {
    for (const event of ["pointerenter", "focus"]) button.addEventListener(event, () => mark(layer.box));
    for (const event of ["pointerleave", "blur"]) button.addEventListener(event, () => mark(null));
  }
  return make("li", "", button);
}

const trim = (number) => String(Math.round(number * 10) / 10);

function mark(box) {
  const marker = at("marker");
  marker.hidden = !box;
  if (!box) return;
  const scale = at("picture").clientWidth / template.width;
  marker.style.left = `${box.x * scale}px`;
  marker.style.top = `${box.y * scale}px`;
  marker.style.width = `${Math.max(box.width * scale, 2)}px`;
  marker.style.height = `${Math.max(box.height * scale, 2)}px`;
}

// --- the worst cases

async function worst() {
  const answer = await fetch("/cases.json");
  if (!answer.ok) return;
  const cases = await answer.json();
  const broken = cases.filter((one) => one.faults.length).length;
  at("worst-sum").textContent = broken ? `${broken} of ${cases.length} break the design` : `${cases.length}, and none breaks the design`;
  const chosen = at("preset").value;
  at("preset").replaceChildren(new Option("Values…", ""), ...cases.map((one) => new Option(one.name, one.name)));
  at("preset").value = cases.some((one) => one.name === chosen) ? chosen : "";
  at("preset").onchange = () => {
    const one = cases.find((other) => other.name === at("preset").value);
    if (one) choose(one);
  };
  at("cases").replaceChildren(...cases.map(card));
  if (!location.search && !values.size && cases[0]) fill(cases.find((one) => one.name === "example")?.query ?? "");
}

function card(one) {
  const picture = make("img");
  picture.loading = "lazy";
  picture.alt = "";
  picture.width = template.width;
  picture.height = template.height;
  picture.src = `/picture.png?${one.query}&_w=${Math.min(THUMB_PX, template.width)}&stamp=${version}`;
  const thumb = make("span", "thumb", picture);
  const faults = one.faults.map((fault) => make("span", "fault", `${fault.layer}: ${fault.what}`));
  const button = make("button", one.faults.length ? "case broken" : "case", thumb, make("span", "label", one.name), ...faults);
  button.type = "button";
  button.dataset.case = one.name;
  button.ariaPressed = "false";
  button.addEventListener("click", () => choose(one));
  return button;
}

function choose(one) {
  fill(one.query);
  at("preset").value = one.name;
  press(one.name);
  scrollTo({ top: 0, behavior: "smooth" });
}

function press(name) {
  for (const button of document.querySelectorAll(".case")) button.ariaPressed = String(button.dataset.case === name);
}

// --- changes

function state(word) {
  at("live").dataset.state = word;
  at("live-text").textContent = { live: "live", drawing: "drawing…", gone: "the server has ended" }[word];
}

async function load() {
  const told = await (await fetch("/template.json")).json();
  at("file").textContent = told.file;
  at("problem").hidden = !told.problem;
  if (told.problem) {
    at("problem-field").textContent = told.problem.field ?? "";
    at("problem-message").textContent = told.problem.message;
    at("problem-remedy").textContent = told.problem.remedy ?? "";
    at("frame").classList.add("stale");
    return;
  }
  const before = JSON.stringify(template?.params);
  template = told.template;
  at("title").textContent = template.title;
  document.title = `${template.title} – Monogram`;
  if (JSON.stringify(template.params) !== before) form();
  draw();
  worst();
}

async function watch() {
  for (;;) {
    try {
      const stamp = await (await fetch("/changes")).text();
      if (stamp !== version) {
        version = stamp;
        await load();
      } else if (at("live").dataset.state === "gone") state("live");
    } catch {
      state("gone");
    }
    await sleep(document.hidden ? POLL_MS * 4 : POLL_MS);
  }
}

for (const id of ["boxes", "dpr", "format"]) at(id).addEventListener("change", draw);
at("backdrops").addEventListener("change", (event) => {
  at("stage").dataset.backdrop = event.target.value;
});
at("only-faults").addEventListener("change", (event) => at("cases").classList.toggle("only-faults", event.target.checked));
at("form").addEventListener("submit", (event) => event.preventDefault());
if (matchMedia("(prefers-color-scheme: dark)").matches) {
  document.querySelector("[name=backdrop][value=dark]").checked = true;
  at("stage").dataset.backdrop = "dark";
}
watch();
