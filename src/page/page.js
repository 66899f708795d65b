// The snippet builder. The server makes the snippet (GET /v1/snippet/{template}). This script asks
// for it while a person types, and keeps the choices in the URL's fragment, which is not sent to
// any server.

const WAIT_MS = 200;
const WIDTH_PX = 600; // the usual width of an email
const CUSTOM = "custom", FIXED = "fixed", TEMPLATE = "template";

const $ = (id) => document.getElementById(id);
const { templates, fields } = JSON.parse($("data").textContent);
const form = $("form");
let template, snippet, waiting, asked;

/** What a person typed or chose, by the key of the control: it stays when they pick another template. */
const typed = new Map();
const keyOf = ({ dataset: { key, origin } }) => key ?? (origin && `${origin} from`);

/** Makes an element with properties and children. */
function make(tag, properties = {}, ...children) {
  const { dataset = {}, ...own } = properties;
  const element = Object.assign(document.createElement(tag), own);
  Object.assign(element.dataset, dataset);
  element.append(...children);
  return element;
}

const field = (label, control) => make("label", { className: "field" }, make("span", {}, label), control);
const option = (value, label) => make("option", { value }, label);

// --- The form of a template's params.

/** The control for a fixed value. */
function valueControl(param) {
  const key = param.name;
  if (param.type === "choice") {
    return make("select", { dataset: { key } }, ...param.choices.map((word) => option(word, word)));
  }
  const input = make("input", { type: "text", dataset: { key }, placeholder: param.default ?? param.example ?? "" });
  if (param.type === "number") input.inputMode = "decimal";
  if (param.type !== "color") return input;
  // The browser's colour picker is beside a text input, because it takes only #rrggbb and cannot be
  // empty.
  const picker = make("input", { type: "color", ariaLabel: `Pick ${key}`, value: hex(param.default) ?? "#000000" });
  picker.addEventListener("input", () => (input.value = picker.value));
  input.addEventListener("input", () => (picker.value = hex(input.value) ?? picker.value));
  input.ariaLabel = `Value of ${key}`;
  return make("div", { className: "color" }, picker, input);
}

const hex = (text = "") => (/^#?[0-9a-f]{6}$/i.test(text) ? `#${text.replace("#", "").toLowerCase()}` : undefined);

function paramForm(param) {
  const { name } = param;
  const origin = make("select", { dataset: { origin: name } });
  origin.append(
    make("optgroup", { label: "A field of your sender" }, ...fields.map(([id, label]) => option(id, label)), option(CUSTOM, "Another field…")),
    make("optgroup", { label: "No personal data" }, option(FIXED, "The same for everyone"), option(TEMPLATE, "The template’s own")),
  );
  const text = (facet, placeholder = "") => make("input", { type: "text", dataset: { key: `${name}.${facet}` }, placeholder });
  const parts = [
    [[CUSTOM], field("Its name there", text("field", name))],
    [[FIXED], field("Value", valueControl(param))],
    [["field"], field("If it is missing", text("default", param.default ?? "left out"))],
    [["field"], field("Try it with", text("example", param.example ?? ""))],
  ];
  const show = () => {
    const isField = ![FIXED, TEMPLATE].includes(origin.value);
    for (const [kinds, part] of parts) part.hidden = !(kinds.includes(origin.value) || (isField && kinds.includes("field")));
  };
  origin.addEventListener("change", show);

  const known = fields.some(([id]) => id === param.field);
  origin.value = param.field ? (known ? param.field : CUSTOM) : TEMPLATE;
  if (origin.value === CUSTOM) parts[0][1].querySelector("input").value = param.field;
  show();
  const hint = param.description ? [make("p", { className: "hint" }, param.description)] : [];
  const row = make("div", { className: "row" }, ...parts.map(([, part]) => part));
  return make("fieldset", { className: "param" }, make("legend", {}, name), ...hint, field("Comes from", origin), row);
}

/** Sorts params: first the first name, then other common fields, then other fields, then the rest. */
const rank = ({ field }) => (field === "first_name" ? 0 : fields.some(([id]) => id === field) ? 1 : field ? 2 : 3);

/** Shows the form of a template, filled in with the choices of a query. */
function open(id, query = new URLSearchParams()) {
  template = templates.find((known) => known.id === id) ?? templates[0];
  form.elements.template.value = template.id;
  form.querySelector(".pick:has(:checked)")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  $("params").replaceChildren(...template.params.toSorted((a, b) => rank(a) - rank(b)).map(paramForm));
  $("esp").value = query.get("esp") ?? $("esp").value;
  $("width").value = query.get("_w") ?? typed.get("_w") ?? Math.min(template.width, WIDTH_PX);
  for (const control of [$("ext"), $("quality"), $("lang")]) control.value = query.get(control.dataset.key) ?? control.value;
  if (query.has("esp")) $("sharp").checked = query.get("_dpr") === "2";
  for (const { name } of template.params) {
    const origin = form.querySelector(`[data-origin="${name}"]`);
    const chosen = query.get(`${name}.field`);
    if (query.has(name)) origin.value = FIXED;
    else if (chosen !== null) origin.value = !chosen ? TEMPLATE : fields.some(([known]) => known === chosen) ? chosen : CUSTOM;
    origin.dispatchEvent(new Event("change"));
  }
  for (const control of form.querySelectorAll("#params [data-key]")) {
    if (!query.has(control.dataset.key)) continue;
    control.value = query.get(control.dataset.key);
    control.dispatchEvent(new Event("input"));
  }
  if (query.size) return;
  for (const control of form.querySelectorAll("#params :is([data-key], [data-origin])")) {
    const value = typed.get(keyOf(control));
    if (value === undefined || (control.options && ![...control.options].some((option) => option.value === value))) continue;
    control.value = value;
    control.dispatchEvent(new Event(control.options ? "change" : "input"));
  }
}

/** Brings a template that is none of the samples: any that is public. */
async function fetchTemplate(id) {
  if (!id || templates.some((known) => known.id === id)) return true;
  try {
    const response = await fetch(`/v1/snippet/${id.split("/").map(encodeURIComponent).join("/")}?esp=mailchimp`);
    const answer = await response.json();
    if (!response.ok) throw new Error(`${id}: ${answer.field ? `${answer.field}: ` : ""}${answer.detail}. ${answer.remedy ?? ""}`);
    templates.push(answer.template);
    const image = make("img", { alt: "", src: `/i/${id}.png?_w=360` });
    const radio = make("input", { type: "radio", name: "template", value: id });
    const caption = make("span", { className: "caption" }, answer.template.title);
    document.querySelector(".picks").append(make("label", { className: "pick" }, radio, make("span", { className: "thumb" }, image), caption));
    $("other-problem").textContent = "";
    return true;
  } catch (error) {
    $("other-problem").textContent = error.message;
    return false;
  }
}

/** The choices in the form, as the query of /v1/snippet. */
function query() {
  const chosen = new URLSearchParams({ esp: $("esp").value });
  if ($("width").value) chosen.set("_w", $("width").value);
  if ($("sharp").checked) chosen.set("_dpr", "2");
  for (const control of [$("ext"), $("quality"), $("lang")]) if (control.value) chosen.set(control.dataset.key, control.value);
  for (const { name } of template.params) {
    const origin = form.querySelector(`[data-origin="${name}"]`).value;
    const value = (key) => form.querySelector(`[data-key="${key}"]`).value.trim();
    if (origin === FIXED && value(name)) {
      chosen.set(name, value(name));
    } else if (origin === FIXED || origin === TEMPLATE) {
      chosen.set(`${name}.field`, "");
    } else {
      chosen.set(`${name}.field`, origin === CUSTOM ? value(`${name}.field`) || name : origin);
      for (const facet of ["default", "example"]) {
        const key = `${name}.${facet}`;
        if (value(key)) chosen.set(key, value(key));
      }
    }
  }
  return chosen;
}

// --- The snippet.

/** Asks for the snippet of the current choices, and cancels the request before. */
async function update() {
  clearTimeout(waiting);
  asked?.abort();
  asked = new AbortController();
  const chosen = query();
  history.replaceState(null, "", `#${template.id}?${chosen}`);
  try {
    const response = await fetch(`/v1/snippet/${template.id}?${chosen}`, { signal: asked.signal });
    const answer = await response.json();
    if (response.ok) show(answer);
    else complain(`${answer.detail}. ${answer.remedy ?? ""}`, answer.field);
  } catch (error) {
    if (error.name !== "AbortError") complain("The server did not answer. Change something to try again.");
  }
}

function show(answer) {
  snippet = answer;
  settle();
  $("html").value = answer.html;
  $("sender-name").textContent = answer.sender.name;
  $("alt").textContent = answer.alt || "none: the template has no alt text";
  $("shown").textContent = `${answer.width} × ${answer.height} px`;
  const notes = isLoopback ? ["This address works on this machine only: copy the HTML from your deployment.", ...answer.notes] : answer.notes;
  $("notes").replaceChildren(...notes.map((note) => make("li", {}, note)));
  const preview = path(answer.preview);
  picture($("preview"), preview, answer);
  picture($("fallback"), path(answer.fallback), answer);
  $("explain").href = preview.replace(/\.(png|jpg|webp|gif)(?=\?|$)/, ".json");
  suggest();
}

/** Says once for a template that another format would be much smaller. */
async function suggest() {
  const { id } = template;
  if (!hints.has(id)) hints.set(id, fetch($("explain").href).then((response) => response.json()).catch(() => ({})));
  const { hint } = await hints.get(id);
  if (!hint || $("ext").value || id !== template.id || [...$("notes").children].some((note) => note.textContent.includes("_ext=jpg"))) return;
  $("notes").append(make("li", {}, hint));
}

const hints = new Map();
const isLoopback = /^(localhost|127\.0\.0\.1|\[::1\])$/.test(location.hostname);

/** A URL without its origin, because behind a proxy the server may see another origin than the browser. */
const path = (url) => url.slice(new URL(url).origin.length);

function picture(image, src, { width, height }) {
  if (image.getAttribute("src") === src) return;
  image.ariaBusy = "true";
  image.onload = image.onerror = () => (image.ariaBusy = null);
  Object.assign(image, { width, height, src });
}

/** Shows an error, and marks the wrong input. The last valid snippet stays visible, but cannot be copied. */
function complain(text, key) {
  settle();
  const control = key && form.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (control) {
    control.setAttribute("aria-invalid", "true");
    control.setAttribute("aria-describedby", "problem");
  }
  $("problem").textContent = control ? `${key}: ${text}` : text;
  $("problem").hidden = false;
  $("copy").disabled = true;
  $("builder").classList.add("stale");
}

function settle() {
  for (const control of form.querySelectorAll("[aria-invalid]")) {
    control.removeAttribute("aria-invalid");
    control.removeAttribute("aria-describedby");
  }
  $("problem").hidden = true;
  $("copy").disabled = false;
  $("builder").classList.remove("stale");
}

async function copy() {
  try {
    await navigator.clipboard.writeText(snippet.html);
  } catch {
    // The clipboard needs https and permission. Without it the selection is copied.
    $("html").select();
    document.execCommand("copy");
  }
  $("copied").textContent = "Copied";
  setTimeout(() => ($("copied").textContent = ""), 2_000);
}

// --- Start.

async function start() {
  const [id, chosen] = location.hash.slice(1).split(/\?(.*)/s);
  const isKnown = await fetchTemplate(id);
  open(id, new URLSearchParams(isKnown ? chosen : ""));
  update();
}

form.addEventListener("input", ({ target }) => {
  if (keyOf(target)) typed.set(keyOf(target), target.value);
  if (target.name === "template") {
    open(target.value);
    update();
    return;
  }
  clearTimeout(waiting);
  waiting = setTimeout(update, WAIT_MS);
});
$("other").addEventListener("change", async ({ target }) => {
  const id = target.value.trim().replace(/^.*\/i\//, "").replace(/\.\w+(\?.*)?$/, "");
  if (!id || !(await fetchTemplate(id))) return;
  open(id);
  update();
});
form.addEventListener("submit", (event) => event.preventDefault());
$("copy").addEventListener("click", copy);
addEventListener("hashchange", start);
$("esp").value = "mailchimp";
$("samples").hidden = true;
$("builder").hidden = false;
start();
