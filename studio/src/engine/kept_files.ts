// Images that were added and are not uploaded yet, in this browser's database.

interface Kept {
  name: string;
  bytes: Uint8Array<ArrayBuffer>;
}

const STORE = "files";

function database(): Promise<IDBDatabase> {
  return new Promise((done, fail) => {
    const request = indexedDB.open("monogram-studio", 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "name" });
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });
}

function finished<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((done, fail) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });
}

/** Images of this page, for browsers without a database. */
const memory = new Map<string, Uint8Array<ArrayBuffer>>();

/** Keeps an image until it is uploaded. */
export async function keep(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  memory.set(name, bytes);
  try {
    const db = await database();
    await finished(db.transaction(STORE, "readwrite").objectStore(STORE).put({ name, bytes }));
  } catch {
    // Without a database it is kept until the page is left.
  }
}

/** A kept image. */
export async function kept(name: string): Promise<Uint8Array<ArrayBuffer> | null> {
  const known = memory.get(name);
  if (known) return known;
  try {
    const db = await database();
    const found: Kept | undefined = await finished(db.transaction(STORE).objectStore(STORE).get(name));
    return found?.bytes ?? null;
  } catch {
    return null;
  }
}

/** Forgets an image that is uploaded. */
export async function forget(name: string): Promise<void> {
  memory.delete(name);
  try {
    const db = await database();
    await finished(db.transaction(STORE, "readwrite").objectStore(STORE).delete(name));
  } catch {
    // There is none.
  }
}
