//! The packs inside the executable, and packs from folders.

use std::path::Path;

use anyhow::Result;
use hikeshi_core::text::Text;
use hikeshi_pack::{Pack, Tree};
use include_dir::{Dir, DirEntry, include_dir};

use crate::tell::because;

static PACKS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../packs");

/// The ids of the packs inside the executable.
pub(crate) fn names() -> Vec<String> {
    PACKS.dirs().map(|dir| dir.path().display().to_string()).collect()
}

/// Loads packs by id or folder; without any, all that are inside the executable.
pub(crate) fn load(wanted: &[String]) -> Result<Vec<Pack>> {
    let all = names();
    let wanted = if wanted.is_empty() { &all } else { wanted };
    wanted.iter().map(|name| load_one(name)).collect()
}

/// One pack: by the id of one inside, else by its folder.
pub(crate) fn load_one(name: &str) -> Result<Pack> {
    let failed = |error| {
        because(
            error,
            Text::new(format!("cannot load the pack `{name}`"), format!("知識パック `{name}` を読み込めません")),
            Text::new(
                format!("known packs: {}; or give the folder of a pack", names().join(", ")),
                format!("使える知識パック: {}。または知識パックのフォルダーを指定してください", names().join(", ")),
            ),
        )
    };
    let tree = match PACKS.get_dir(name) {
        Some(dir) => tree(dir),
        None => Tree::read(Path::new(name)).map_err(failed)?,
    };
    Pack::load(&tree).map_err(failed)
}

fn tree(dir: &Dir<'_>) -> Tree {
    let mut files = Vec::new();
    let mut open = vec![dir];
    while let Some(folder) = open.pop() {
        for entry in folder.entries() {
            match entry {
                DirEntry::Dir(inner) => open.push(inner),
                DirEntry::File(file) => {
                    let path = file.path().strip_prefix(dir.path()).unwrap_or_else(|_| file.path());
                    let path: Vec<_> = path.components().map(|part| part.as_os_str().to_string_lossy()).collect();
                    files.push((path.join("/"), file.contents().to_vec()));
                }
            }
        }
    }
    Tree::new(dir.path().display().to_string(), files)
}
