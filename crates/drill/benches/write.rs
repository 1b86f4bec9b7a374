//! How fast a practice server is written: `cargo bench -p hikeshi-drill -- [TEMPLATES_DIR [SCENARIO [MEGABYTES]]]`.
//!
//! Without arguments it writes the small invented server in `templates/`.

use std::{error::Error, fs, path::PathBuf, time::Instant};

use hikeshi_drill::{Form, Options, Spec, write};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let folder = arguments
        .next()
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/templates")), PathBuf::from);
    let scenario = arguments.next().unwrap_or_else(|| "quiet".to_owned());
    let megabytes: u64 = arguments.next().unwrap_or_else(|| "1000".to_owned()).parse()?;
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        files.push((path.display().to_string(), fs::read_to_string(&path)?));
    }
    files.sort();
    let spec = Spec::parse(&files)?;
    let directory = tempfile::tempdir()?;
    let options =
        Options { scenario, size_bytes: Some(megabytes * 1_000_000), days: None, seed: 1, form: Form::Folder };
    let begun = Instant::now();
    let summary = write(directory.path(), &spec, &options)?;
    let seconds = begun.elapsed().as_secs_f64();
    let written = summary.truth.bytes as f64 / 1e6;
    #[expect(clippy::print_stdout, reason = "a benchmark says its number")]
    {
        println!(
            "{written:.0} MB in {} files, {} rows, {seconds:.2} s, {:.0} MB/s",
            summary.truth.files,
            summary.rows,
            written / seconds
        );
    }
    Ok(())
}
