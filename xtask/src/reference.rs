//! What `hikeshi reference` writes: pages of the documentation, man pages, completions.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::generated::{self, Mode};
use crate::shell::{self, command};
use crate::tree;

/// Pages that lie in the repository. Those of the rules are made when the site is built: they are the packs' own texts, which
/// are read where they stand.
const PAGES: [&str; 3] = ["command-line.md", "exit-codes.md", "evidence.md"];

/// Lets the executable write all of it into a folder below the build directory, and says where.
pub(crate) fn write(hikeshi: &Path) -> Result<PathBuf> {
    let folder = shell::target().join("reference");
    tree::remove(&folder)?;
    shell::run(command(hikeshi).arg("reference").arg(&folder))?;
    Ok(folder)
}

pub(crate) fn generate(mode: Mode, hikeshi: &Path) -> Result<()> {
    let folder = write(hikeshi)?;
    for lang in ["en", "ja"] {
        for page in PAGES {
            let text = fs_err::read_to_string(folder.join("book").join(lang).join(page))?;
            generated::keep(&format!("docs/book/{lang}/src/reference/{page}"), &text, mode)?;
        }
    }
    Ok(())
}

/// `cargo xtask man`: builds the executable, and tells where its man pages and completions lie.
pub(crate) fn man() -> Result<()> {
    let folder = write(&crate::release()?)?;
    for part in ["man", "completions"] {
        shell::tell(&folder.join(part).display().to_string())?;
    }
    Ok(())
}
