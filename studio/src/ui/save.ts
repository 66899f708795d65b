// Files that the page makes or fetches, as downloads of the browser.

/** Milliseconds after which a browser has begun to read what it saves. */
const READ_MS = 60_000;

/** Saves a file. Its URL names a place in this page, and nothing of where it comes from. */
export function save(name: string, file: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), READ_MS);
}
