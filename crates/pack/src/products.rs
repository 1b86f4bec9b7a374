//! Products of a pack: `products/<id>.yaml` says where a build shows in evidence, `products/<id>.csv` which builds are
//! affected.
//!
//! A row of the table that cannot be used is left out and told; the other rows still serve.

use std::collections::BTreeMap;

use hikeshi_core::affected::State;
use hikeshi_core::both;
use hikeshi_core::product::{Build, BuildTable, Product, Version};
use hikeshi_core::text::Text;

use crate::lint::Fault;
use crate::{Error, Tree, form};

/// The columns before those of the CVEs.
const COLUMNS: [&str; 5] = ["line", "build", "name", "kb", "released"];

/// So many builds are read of one table.
const MOST_BUILDS: usize = 20_000;

/// A product with its builds.
#[derive(Debug)]
pub struct ProductBook {
    /// Where its build shows.
    pub product: Product,
    /// Its builds.
    pub table: BuildTable,
    /// What of the table cannot be used.
    pub faults: Vec<Fault>,
}

/// Reads the products of a pack, by id.
pub(crate) fn load(tree: &Tree) -> Result<Vec<ProductBook>, Error> {
    let tables: BTreeMap<&str, &str> = tree.texts_under("products/", &["csv"])?.into_iter().collect();
    let mut books = Vec::new();
    for (path, text) in tree.texts_under("products/", &["yaml", "yml"])? {
        let product: Product = form(path, "product", text)?;
        let place = format!("products/{}.csv", product.id);
        let (table, faults) = match tables.get(place.as_str()) {
            Some(text) => read_table(&place, text),
            None => (
                BuildTable::default(),
                vec![Fault::new(
                    &place,
                    both!("does not exist; it holds the builds", "ありません (ビルドの一覧を書くファイルです)"),
                )],
            ),
        };
        books.push(ProductBook { product, table, faults });
    }
    books.sort_by(|a, b| a.product.id.cmp(&b.product.id));
    Ok(books)
}

/// Reads a table: a row with the names of the columns, then one row a build. Values hold no comma and are not quoted; lines
/// that begin with `#` are for people who edit it.
fn read_table(place: &str, text: &str) -> (BuildTable, Vec<Fault>) {
    let mut faults = Vec::new();
    let mut table = BuildTable::default();
    let lines = (1_u64..).zip(text.lines()).map(|(number, line)| (number, line.trim_end()));
    let mut lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    let Some((number, head)) = lines.next() else {
        return (table, vec![Fault::new(place, both!("is empty", "空です"))]);
    };
    let head: Vec<&str> = head.split(',').collect();
    let Some((COLUMNS, cves)) = head.split_first_chunk().map(|(fixed, cves)| (*fixed, cves)) else {
        let wanted = COLUMNS.join(",");
        let what = both!(
            "line {number}: the columns are not `{wanted}` and then one for each CVE",
            "{number} 行目: 列が `{wanted}`、続けて CVE ごとに 1 列、になっていません"
        );
        return (table, vec![Fault::new(place, what)]);
    };
    for cve in cves.iter().filter(|cve| !is_cve(cve)) {
        faults.push(Fault::new(
            place,
            both!(
                "line {number}: the column `{cve}` is no CVE id",
                "{number} 行目: 列 `{cve}` は CVE ID ではありません"
            ),
        ));
    }
    table.cves = cves.iter().map(|cve| (*cve).to_owned()).collect();
    let mut seen: BTreeMap<Version, u64> = BTreeMap::new();
    for (number, line) in lines {
        if table.builds.len() >= MOST_BUILDS {
            faults.push(Fault::new(
                place,
                both!(
                    "line {number}: more than {MOST_BUILDS} builds",
                    "{number} 行目: ビルドが {MOST_BUILDS} 個を超えています"
                ),
            ));
            break;
        }
        match read_build(line, &table.cves) {
            Ok(build) => match seen.insert(build.version.clone(), number) {
                Some(first) => {
                    let version = &build.version;
                    let what = both!(
                        "line {number}: the build {version} stands in line {first} already",
                        "{number} 行目: ビルド {version} は {first} 行目にもあります"
                    );
                    faults.push(Fault::new(place, what));
                }
                None => table.builds.push(build),
            },
            Err(Text { en, ja }) => faults.push(Fault::new(place, both!("line {number}: {en}", "{number} 行目: {ja}"))),
        }
    }
    table.builds.sort_by(|a, b| a.version.cmp(&b.version));
    (table, faults)
}

fn read_build(line: &str, cves: &[String]) -> Result<Build, Text> {
    let values: Vec<&str> = line.split(',').map(str::trim).collect();
    let (have, columns) = (values.len(), COLUMNS.len() + cves.len());
    let Some(([branch, build, name, kb, released], states)) =
        values.split_first_chunk().filter(|(_, states)| states.len() == cves.len())
    else {
        return Err(both!(
            "holds {have} values; there are {columns} columns",
            "値が {have} 個あり、列は {columns} 個です"
        ));
    };
    let version = |text: &str| {
        text.parse::<Version>().map_err(|error| {
            Text::new(error.to_string(), format!("`{text}` は 15.1.2106.2 のような版番号ではありません"))
        })
    };
    let (branch, build) = (version(branch)?, version(build)?);
    if branch == build || !build.is_of(&branch) {
        return Err(both!(
            "the build {build} does not begin with its line {branch}",
            "ビルド {build} が系列 {branch} で始まっていません"
        ));
    }
    if name.is_empty() {
        return Err(both!("the build {build} has no name", "ビルド {build} に名前がありません"));
    }
    let known = |(cve, word): (&String, &&str)| {
        State::of_build(word).ok_or_else(|| {
            both!(
                "`{word}` for {cve} is none of vulnerable, fixed, unaffected, unknown",
                "{cve} の `{word}` は vulnerable、fixed、unaffected、unknown のどれでもありません"
            )
        })
    };
    Ok(Build {
        line: branch,
        version: build,
        name: (*name).to_owned(),
        kb: (!kb.is_empty()).then(|| (*kb).to_owned()),
        released: day(released)?,
        states: cves.iter().zip(states).map(known).collect::<Result<_, _>>()?,
    })
}

/// A day or a month, or nothing.
fn day(text: &str) -> Result<Option<String>, Text> {
    if text.is_empty() {
        return Ok(None);
    }
    let whole = if text.len() == 7 { format!("{text}-01") } else { text.to_owned() };
    let is_day = whole.len() == 10 && hikeshi_core::time::Timestamp::parse(whole.as_bytes()).is_some();
    is_day.then(|| Some(text.to_owned())).ok_or_else(|| {
        both!("`{text}` is no day such as 2021-03-02", "`{text}` は 2021-03-02 のような日付ではありません")
    })
}

/// `CVE-2021-0001`.
pub(crate) fn is_cve(text: &str) -> bool {
    let mut parts = text.split('-');
    let is_number = |part: Option<&str>, least: usize| {
        part.is_some_and(|part| part.len() >= least && part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    parts.next() == Some("CVE") && is_number(parts.next(), 4) && is_number(parts.next(), 4) && parts.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "line,build,name,kb,released,CVE-2030-0001\n";

    fn whats(rows: &str) -> Vec<String> {
        read_table("t.csv", &format!("{HEAD}{rows}")).1.into_iter().map(|fault| fault.what.en).collect()
    }

    #[test]
    fn builds_are_read_in_order_of_their_versions() {
        let (table, faults) = read_table(
            "t.csv",
            &format!(
                "# builds\n{HEAD}1.2,1.2.10,Ferry 1.2 June,KB2,2030-06-02,fixed\r\n\n1.2,1.2.9,Ferry 1.2,,2030-05,vulnerable\n"
            ),
        );
        assert_eq!(faults, []);
        let shown: Vec<_> = table.builds.iter().map(|build| (build.version.to_string(), &build.states)).collect();
        assert_eq!(shown, [("1.2.9".into(), &vec![State::Vulnerable]), ("1.2.10".into(), &vec![State::Fixed])]);
        assert_eq!((table.builds[0].kb.as_deref(), table.builds[1].kb.as_deref()), (None, Some("KB2")));
    }

    #[test]
    fn what_is_wrong_with_a_row_is_told_with_its_line_and_the_others_serve() {
        for (row, what) in [
            ("1.2,1.3.1,F,,,fixed", "line 2: the build 1.3.1 does not begin with its line 1.2"),
            ("1.2,1.2,F,,,fixed", "line 2: the build 1.2 does not begin with its line 1.2"),
            ("1.2,1.2.x,F,,,fixed", "line 2: `1.2.x` is no version such as 15.1.2106.2"),
            (
                "1.2,1.2.1,F,,,mixed",
                "line 2: `mixed` for CVE-2030-0001 is none of vulnerable, fixed, unaffected, unknown",
            ),
            ("1.2,1.2.1,F,,May,fixed", "line 2: `May` is no day such as 2021-03-02"),
            ("1.2,1.2.1,,,,fixed", "line 2: the build 1.2.1 has no name"),
            ("1.2,1.2.1,F,,,fixed,", "line 2: holds 7 values; there are 6 columns"),
            ("1.2", "line 2: holds 1 values; there are 6 columns"),
        ] {
            assert_eq!(whats(row), [what]);
        }
        assert_eq!(
            whats("1.2,1.2.1,F,,,fixed\n1.2,1.02.1,G,,,fixed"),
            ["line 3: the build 1.2.1 stands in line 2 already"]
        );
        assert_eq!(read_table("t", &format!("{HEAD}1.2,1.2.x,F,,,fixed\n1.2,1.2.1,F,,,fixed")).0.builds.len(), 1);
    }

    #[test]
    fn a_table_without_its_columns_is_refused_and_a_column_that_is_no_cve_is_told() {
        assert!(read_table("t", "build,line\n").1[0].what.en.starts_with("line 1: the columns are not"));
        assert_eq!(read_table("t", "# nothing\n").1[0].what.en, "is empty");
        let faults = read_table("t", "line,build,name,kb,released,CVE-30-1,CVE-2030-00x1\n").1;
        assert_eq!(faults.len(), 2);
    }
}
