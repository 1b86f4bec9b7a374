//! The page of exit codes.

use hikeshi_core::text::{Lang, Text};

use crate::exit::Exit;

use super::markdown::cell;

pub(super) fn page(lang: Lang) -> String {
    let say = |en: &str, ja: &str| Text::new(en, ja).get(lang).to_owned();
    let mut out = say(
        "# Exit codes\n\nScripts can tell from the exit code how a run ended.\n\n| code | `check`, `report` | other commands |\n",
        "# 終了コード\n\nスクリプトからは、終了コードで結果を判断できます。\n\n| コード | `check`、`report` | ほかのコマンド |\n",
    );
    out.push_str("| ---: | --- | --- |\n");
    for exit in Exit::ALL {
        let (check, other) = meaning(exit);
        out.push_str(&format!("| {} | {} | {} |\n", exit.code(), cell(check.get(lang)), cell(other.get(lang))));
    }
    out.push_str(&say(
        "\nWhen several hold, the earliest of these counts: 2, 1, 4, 3, 0. A sign that was found is never hidden by a gap, and a run \
         that was broken off never looks clean. Of several servers, the gravest verdict counts.\n",
        "\n複数が当てはまるときは、2、1、4、3、0 の順に優先します。見つかった痕跡が証拠の不足に隠れることはなく、\
         中断した調査が「問題なし」に見えることもありません。複数のサーバーでは、最も重い判定によります。\n",
    ));
    out
}

fn meaning(exit: Exit) -> (Text, Text) {
    match exit {
        Exit::Clean => (
            Text::new(
                "`clean`: nothing found, and everything that would have told was looked at. With `--explain-only`: nothing is missing.",
                "`clean`: 痕跡はなく、判断に必要な証拠もすべて確認しました。`--explain-only` では、足りないものがありません。",
            ),
            Text::new("Done.", "完了。"),
        ),
        Exit::Found => (
            Text::new(
                "`attempted`, `exploited` or `compromised`.",
                "`attempted`、`exploited`、`compromised` のどれか。",
            ),
            Text::new(
                "`pack lint`, `pack test`: faults or failures.",
                "`pack lint`、`pack test`: 不備または失敗があります。",
            ),
        ),
        Exit::CouldNotRun => {
            let text = Text::new(
                "It could not run: a wrong option, a path that cannot be read, an output that cannot be written.",
                "実行できませんでした。オプションの誤り、読めないパス、書けない出力先など。",
            );
            (text.clone(), text)
        }
        Exit::Inconclusive => (
            Text::new(
                "`inconclusive`: nothing found, but the evidence has gaps. With `--explain-only`: something is missing.",
                "`inconclusive`: 痕跡はありませんが、証拠が足りません。`--explain-only` では、足りないものがあります。",
            ),
            Text::default(),
        ),
        Exit::Partial => (
            Text::new("Broken off (Ctrl+C) before a sign was found.", "痕跡が見つかる前に中断されました (Ctrl+C)。"),
            Text::default(),
        ),
    }
}
