//! Whether every link of the built site leads to a page, and every anchor to a place on it. Links to other sites are not followed:
//! the check needs no network.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Result, bail};

use super::finish::pages;

/// What was looked at.
pub(super) struct Checked {
    pub(super) pages: usize,
    pub(super) links: usize,
}

/// A page: what can be linked to on it, and what it links to.
struct Page {
    places: BTreeSet<String>,
    links: Vec<String>,
}

pub(super) fn check(site: &Path) -> Result<Checked> {
    let mut all = BTreeMap::new();
    for page in pages(site)? {
        let path = page.strip_prefix(site)?.to_string_lossy().replace('\\', "/");
        all.insert(path, read(&fs_err::read_to_string(&page)?));
    }
    let mut dead = Vec::new();
    let mut links = 0;
    for (path, page) in &all {
        for link in page.links.iter().filter(|link| !is_outside(link)) {
            links += 1;
            if let Err(why) = follow(path, link, &all, site) {
                dead.push(format!("{path}: {link} {why}"));
            }
        }
    }
    if !dead.is_empty() {
        bail!("{} links are dead:\n{}", dead.len(), dead.join("\n"));
    }
    Ok(Checked { pages: all.len(), links })
}

fn is_outside(link: &str) -> bool {
    link.starts_with("https://") || link.starts_with("http://") || link.starts_with("mailto:")
}

fn follow(from: &str, link: &str, all: &BTreeMap<String, Page>, site: &Path) -> Result<(), &'static str> {
    let (path, place) = link.split_once('#').unwrap_or((link, ""));
    let path = path.split('?').next().unwrap_or_default();
    let target = if path.is_empty() { from.to_owned() } else { resolve(from, path).ok_or("leads out of the site")? };
    match all.get(&target) {
        Some(page) if place.is_empty() || page.places.contains(place) => Ok(()),
        Some(_) => Err("is no place on that page"),
        None if site.join(&target).is_file() => Ok(()),
        None => Err("is no file"),
    }
}

/// A path as seen from a page, from the site's folder on.
fn resolve(from: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            ".." => drop(parts.pop()?),
            "." | "" => {}
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// mdBook writes attributes in double quotes, and none of the kind in texts.
fn read(html: &str) -> Page {
    let links = ["href", "src"].iter().flat_map(|name| values(html, name)).map(|link| decoded(&link)).collect();
    Page { places: values(html, "id").into_iter().collect(), links }
}

fn values(html: &str, name: &str) -> Vec<String> {
    let mark = format!(" {name}=\"");
    let after = html.split(&mark).skip(1);
    after.filter_map(|rest| rest.split('"').next()).map(|value| value.replace("&amp;", "&")).collect()
}

/// Percent signs undone; a link that is no UTF-8 behind them stays as it is, and leads nowhere.
fn decoded(link: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = link.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        match (first, hex) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| link.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_to_pages_places_and_files_are_followed_and_dead_ones_told() {
        let one = read("<h1 id=\"見出し\">x</h1><a href=\"b/two.html#x\"><a href=\"#%E8%A6%8B%E5%87%BA%E3%81%97\">");
        let two =
            read("<h2 id=\"x\">y</h2><a href=\"../one.html#gone\"><a href=\"../../out.html\"><img src=\"no.png\">");
        let all = BTreeMap::from([("one.html".to_owned(), one), ("b/two.html".to_owned(), two)]);
        let follow_all = |from: &str| -> Vec<_> {
            all[from].links.iter().map(|link| follow(from, link, &all, Path::new("/nowhere"))).collect()
        };
        assert_eq!(follow_all("one.html"), [Ok(()), Ok(())]);
        let told = [Err("is no place on that page"), Err("leads out of the site"), Err("is no file")];
        assert_eq!(follow_all("b/two.html"), told);
    }
}
