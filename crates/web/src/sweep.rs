//! Removing files that were uploaded and that nobody made use of.

use dualtrack_catalogue::Digest;

use crate::problem::Problem;
use crate::state::Web;
use crate::who::unavailable;

impl Web {
    /// Notes files of which nothing is known and that no document names, so that they are swept in their turn. Once after
    /// a start is enough.
    pub async fn note_found_files(&self) -> Result<(), Problem> {
        let operations = self.desk.store().operations();
        let there = self.settings.files.digests().map_err(Problem::accident)?;
        let noted = operations.uploaded().await.map_err(unavailable)?;
        let now = self.now().as_millisecond();
        for digest in there.iter().filter(|digest| !noted.contains(&digest.to_string())) {
            if !self.is_named(digest).await? {
                operations.note_upload(&digest.to_string(), "", now).await.map_err(unavailable)?;
            }
        }
        Ok(())
    }

    /// Removes files that were last uploaded a day ago and that no version of a document names. Says how many.
    pub async fn sweep_files(&self) -> Result<usize, Problem> {
        // What was entered and not applied may name any of them.
        if self.desk.stopped().is_some() {
            return Ok(0);
        }
        let operations = self.desk.store().operations();
        let before = self.now().as_millisecond() - UNNAMED;
        let mut removed = 0;
        for noted in operations.uploaded_before(before).await.map_err(unavailable)? {
            let Ok(digest) = Digest::parse(&noted) else { continue };
            // Nobody uploads it again between the question and the removal.
            let mut used = self.settings.files.changing().await;
            let is_named = self.is_named(&digest).await?;
            let is_forgotten = operations.forget_upload(&noted, before).await.map_err(unavailable)?;
            if is_forgotten && !is_named {
                let gone = self.settings.files.remove(&mut used, &digest);
                gone.map_err(Problem::accident)?;
                removed += 1;
            }
        }
        Ok(removed)
    }

    async fn is_named(&self, digest: &Digest) -> Result<bool, Problem> {
        self.desk.is_named(digest).await.map_err(|refusal| Problem::of(&refusal))
    }
}

/// How long a file lies that no document names, in milliseconds.
const UNNAMED: i64 = 24 * 60 * 60 * 1_000;
