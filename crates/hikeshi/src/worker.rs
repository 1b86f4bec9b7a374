//! `hikeshi worker`: this executable, started by itself to read binary evidence under limits of memory and time.

use anyhow::Result;
use hikeshi_core::text::Text;
use hikeshi_evidence::worker::{Launch, child};

use crate::exit::Exit;
use crate::tell::because;

/// How a worker of this executable is started.
pub(crate) fn launch() -> Result<Launch> {
    let program = std::env::current_exe().map_err(|error| {
        because(
            error,
            Text::new("the program cannot find its own file", "このプログラム自身のファイルが見つかりません"),
            Text::new("start it by its full path", "フル パスで起動してください"),
        )
    })?;
    Ok(Launch { program, arguments: vec!["worker".to_owned()] })
}

pub(crate) fn run() -> Result<Exit> {
    child::serve()?;
    Ok(Exit::Clean)
}
