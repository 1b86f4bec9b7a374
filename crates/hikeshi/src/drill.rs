//! `hikeshi drill`: an inert, synthetic server to practise on.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Result;
use hikeshi_core::both;
use hikeshi_core::cause::Cause;
use hikeshi_core::text::Text;
use hikeshi_drill::{Options, Spec};
use hikeshi_report::Words;

use crate::builtin;
use crate::exit::Exit;
use crate::tell::{because, say};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Folder to make; it must be empty or not exist yet.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// What happened on the server: clean, scanned, exploited, webshell, full-chain, patched or ransom.
    #[arg(long, value_name = "NAME")]
    scenario: String,
    /// Pack that the server is made from, by id or folder.
    #[arg(long, default_value = "proxylogon", value_name = "ID")]
    pack: String,
    /// About how much to write, such as 500K, 20M or 2G.
    #[arg(long, value_parser = size, value_name = "SIZE")]
    size: Option<u64>,
    /// How many days the logs reach back.
    #[arg(long, value_name = "N")]
    days: Option<u32>,
    /// The same seed and options give the same server.
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
    /// How the server is handed over: its files in the folder, or in server.zip there.
    #[arg(long, value_enum, default_value_t = Form::Folder, value_name = "FORM")]
    form: Form,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Form {
    Folder,
    Zip,
}

pub(crate) fn run(arguments: &Arguments, words: &Words) -> Result<Exit> {
    let pack = builtin::load_one(&arguments.pack)?;
    let spec = Spec::parse(&pack.drill)?;
    let options = Options {
        scenario: arguments.scenario.clone(),
        size_bytes: arguments.size,
        days: arguments.days,
        seed: arguments.seed,
        form: match arguments.form {
            Form::Folder => hikeshi_drill::Form::Folder,
            Form::Zip => hikeshi_drill::Form::Zip,
        },
    };
    let summary = hikeshi_drill::write(&arguments.folder, &spec, &options)
        .map_err(|error| could_not_write(error, arguments, &spec))?;
    let (files, bytes) = (summary.truth.files, summary.truth.bytes);
    let folder = arguments.folder.display();
    let text = say(
        words,
        format!(
            "practice server written to {folder}: {files} files, {bytes} bytes; what is hidden in it stands in truth.json"
        ),
        format!(
            "訓練用サーバーを {folder} に作りました: {files} ファイル、{bytes} バイト。仕込んだ内容は truth.json にあります"
        ),
    );
    writeln!(anstream::stdout().lock(), "{text}")?;
    Ok(Exit::Clean)
}

fn could_not_write(error: hikeshi_drill::Error, arguments: &Arguments, spec: &Spec) -> anyhow::Error {
    let folder = arguments.folder.display();
    let names: Vec<_> = spec.scenarios().iter().map(|scenario| scenario.name.clone()).collect();
    let names = names.join(", ");
    because(
        error,
        Text::new(
            format!("no practice server was made in `{folder}`"),
            format!("`{folder}` に訓練用サーバーを作れませんでした"),
        ),
        Text::new(
            format!("give an empty or new folder, one of the scenarios {names}, and with --days enough days for it"),
            format!(
                "空か新しいフォルダーと、シナリオ {names} のどれかを指定し、--days はシナリオに足りる日数にしてください"
            ),
        ),
    )
}

/// `500K`, `20M`, `2G`, or bytes; in powers of 1024.
fn size(text: &str) -> Result<u64, Cause> {
    let (number, unit) = text.split_at(text.trim_end_matches(|last: char| last.is_ascii_alphabetic()).len());
    let shift = match unit.to_ascii_uppercase().as_str() {
        "" | "B" => 0,
        "K" | "KB" => 10,
        "M" | "MB" => 20,
        "G" | "GB" => 30,
        _ => {
            return Err(Cause(both!(
                "`{unit}` is no unit; use K, M or G",
                "`{unit}` という単位はありません。K、M、G を使ってください"
            )));
        }
    };
    let no_size =
        || Cause(both!("`{text}` is no size such as 500K, 20M or 2G", "500K、20M、2G のように指定してください"));
    let number: u64 = number.parse().map_err(|_| no_size())?;
    number.checked_mul(1 << shift).ok_or_else(|| Cause(both!("`{text}` is too large", "`{text}` は大きすぎます")))
}
