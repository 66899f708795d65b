//! R2, the store of files (binding `FILES`), with deadlines.

use monogram::error::{Fault, Problem};
use monogram::limits::Limits;
use monogram_platform::deadline;
use worker::{Bucket, Env, Range};

/// The name of the binding.
const BINDING: &str = "FILES";

/// The most keys of a list, and of a deletion.
const KEYS: u32 = 1_000;

/// The bucket.
pub struct Files {
    bucket: Bucket,
    wait_ms: u32,
}

impl Files {
    /// # Errors
    /// 503 if the deployment has none.
    pub fn of(env: &Env, limits: &Limits) -> Result<Self, Problem> {
        let bucket = env.bucket(BINDING).map_err(|_| {
            Problem::new(
                Fault::Unavailable,
                "no-files",
                "This deployment has no store for files, which imports and batches need",
            )
            .remedy("add the [[r2_buckets]] and the [[queues.producers]] of wrangler.toml")
        })?;
        Ok(Self { bucket, wait_ms: limits.store_wait_ms })
    }

    /// R2 itself, for what comes in pieces.
    pub const fn bucket(&self) -> &Bucket {
        &self.bucket
    }

    /// Stores a file.
    ///
    /// # Errors
    /// 503.
    pub async fn put(&self, key: &str, bytes: Vec<u8>) -> Result<(), Problem> {
        let put = self.bucket.put(key, bytes).execute();
        self.within(put).await.map(|_| ())
    }

    /// A file, or some bytes of it. `None` if there is none.
    ///
    /// # Errors
    /// 503.
    pub async fn get(&self, key: &str, bytes: Option<(usize, usize)>) -> Result<Option<Vec<u8>>, Problem> {
        let get = self.bucket.get(key);
        let get = match bytes {
            #[expect(clippy::as_conversions, reason = "usize has 32 bits here")]
            Some((from, to)) => {
                get.range(Range::OffsetWithLength { offset: from as u64, length: to.saturating_sub(from) as u64 })
            }
            None => get,
        };
        let Some(object) = self.within(get.execute()).await? else { return Ok(None) };
        let Some(body) = object.body() else { return Ok(None) };
        self.within(body.bytes()).await.map(Some)
    }

    /// Deletes all files whose keys begin so, at most some thousand. Whether none is left.
    ///
    /// # Errors
    /// 503.
    pub async fn delete_all(&self, prefix: &str) -> Result<bool, Problem> {
        for _ in 0..10 {
            let list = self.within(self.bucket.list().prefix(prefix).limit(KEYS).execute()).await?;
            let keys: Vec<String> = list.objects().iter().map(worker::Object::key).collect();
            if keys.is_empty() {
                return Ok(true);
            }
            self.within(self.bucket.delete_multiple(keys)).await?;
        }
        Ok(false)
    }

    /// Waits for an answer of the store.
    ///
    /// # Errors
    /// 503 if it failed or was late.
    pub async fn within<T>(&self, answer: impl Future<Output = worker::Result<T>>) -> Result<T, Problem> {
        deadline::store(self.wait_ms, ("files-failed", "files-late"), answer).await
    }
}
