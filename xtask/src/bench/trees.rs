//! The trees that are measured: made once, in the build directory.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::shell::{self, command};
use crate::tree::{self, mirror};

/// A practice server of about a size, by the scenario that it went through.
pub(super) fn server(hikeshi: &Path, folder: &Path, scenario: &str, size: &str) -> Result<PathBuf> {
    made(folder.join(format!("{scenario}-{size}")), |tree| {
        let drill = ["drill", "--scenario", scenario, "--seed", "7", "--size", size];
        shell::run(command(hikeshi).args(drill).arg(tree))
    })
}

/// The text logs of a server and nothing else of it, as links to the same bytes.
pub(super) fn logs(server: &Path) -> Result<PathBuf> {
    made(server.with_extension("logs"), |logs| {
        mirror(server, logs, |file, place| {
            let is_log = file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("log"));
            if is_log { fs_err::hard_link(file, place) } else { Ok(()) }
        })
    })
}

/// A folder without files: what remains is the start.
pub(super) fn empty(folder: &Path) -> Result<PathBuf> {
    made(folder.join("empty"), |tree| Ok(fs_err::create_dir_all(tree)?))
}

/// A tree several times in one. The files are links to the same bytes, so they take no more room and stay in the page cache.
pub(super) fn copies(folder: &Path, tree: &Path, count: usize) -> Result<PathBuf> {
    made(folder.join(format!("copies-{count}")), |all| {
        (0..count).try_for_each(|number| {
            mirror(tree, &all.join(format!("server-{number:02}")), |file, place| fs_err::hard_link(file, place))
        })
    })
}

const HEADER: &str = "#Software: Microsoft Internet Information Services 10.0\r\n#Remark: HIKESHI-PRACTICE-DATA\r\n\
    #Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status \
    sc-substatus sc-win32-status time-taken\r\n";

/// A log in which rules hold for each of five million rows.
pub(super) fn matching_rows(folder: &Path) -> Result<PathBuf> {
    const ROWS: u32 = 5_000_000;
    made(folder.join("matching-rows"), |tree| {
        let mut log = log(&tree.join("W3SVC1"), "u_ex210303.log")?;
        for row in 0..ROWS {
            let second = row / 60;
            write!(
                log,
                "2021-03-03 {:02}:{:02}:{:02} 192.0.2.5 POST /aspnet_client/practice{}.aspx - 443 - 198.51.100.{} \
                 python-requests/2.25.1 - 200 0 0 15\r\n",
                second / 3600 % 24,
                second / 60 % 60,
                second % 60,
                row % 1000,
                row % 250
            )?;
        }
        Ok(log.flush()?)
    })
}

/// Two hundred thousand logs of one row each.
pub(super) fn small_files(folder: &Path) -> Result<PathBuf> {
    made(folder.join("small-files"), |tree| {
        for site in 0..200 {
            for number in 0..1000 {
                let mut log = log(&tree.join(format!("W3SVC{site}")), &format!("u_ex{number:04}.log"))?;
                write!(
                    log,
                    "2021-03-03 04:12:33 192.0.2.5 GET /{number} - 443 - 198.51.100.7 Practice/1.0 - 200 0 0 15\r\n"
                )?;
                log.flush()?;
            }
        }
        Ok(())
    })
}

/// A web server's log with its header.
fn log(folder: &Path, name: &str) -> Result<BufWriter<fs_err::File>> {
    fs_err::create_dir_all(folder)?;
    let mut log = BufWriter::new(fs_err::File::create(folder.join(name))?);
    log.write_all(HEADER.as_bytes())?;
    Ok(log)
}

/// Makes a tree beside its place first, so that one that was broken off is not taken for whole.
fn made(tree: PathBuf, make: impl FnOnce(&Path) -> Result<()>) -> Result<PathBuf> {
    if !tree.exists() {
        let part = tree.with_extension("part");
        tree::remove(&part)?;
        fs_err::create_dir_all(tree.parent().unwrap_or(&tree))?;
        make(&part)?;
        fs_err::rename(&part, &tree)?;
    }
    Ok(tree)
}
