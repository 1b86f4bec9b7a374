//! Which of the packs' places a file lies in, and which places were seen.

use std::collections::{BTreeMap, BTreeSet};

use hikeshi_core::place::{Content, Place};
use hikeshi_evidence::kind::Kind;

use crate::Error;
use crate::globs::{Globs, glob};

/// All places of the packs, compiled.
#[derive(Debug)]
pub(crate) struct Places {
    places: Vec<Place>,
    inside: Globs,
    /// Of what must be seen; each glob belongs to a place.
    seen: Globs,
}

impl Places {
    /// Packs may describe the same place; the first one's description is used.
    pub(crate) fn new<'p>(places: impl IntoIterator<Item = &'p Place>) -> Result<Self, Error> {
        let mut known = BTreeSet::new();
        let places: Vec<Place> = places.into_iter().filter(|place| known.insert(place.id.clone())).cloned().collect();
        let inside = globs(&places, |place| &place.paths)?;
        let seen = globs(&places, |place| &place.seen_with)?;
        Ok(Self { places, inside, seen })
    }

    /// The place that a file with this content lies in; the first in the order of the packs.
    pub(crate) fn of(&self, path: &str, kind: Option<Kind>) -> Option<&Place> {
        let content = match kind {
            Some(Kind::Archive) => Some(Content::Archive),
            Some(Kind::MemoryDump) => Some(Content::MemoryDump),
            Some(Kind::Hive) => Some(Content::Hive),
            _ => None,
        };
        let ending = path.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map(|(_, ending)| ending);
        let holds = |place: &&Place| {
            place.endings.is_empty()
                || ending.is_some_and(|ending| place.endings.iter().any(|known| known.eq_ignore_ascii_case(ending)))
                || content.is_some_and(|content| place.holding.contains(&content))
        };
        let numbers: BTreeSet<usize> = self.inside.owners_of(path).collect();
        numbers.into_iter().filter_map(|number| self.places.get(number)).find(holds)
    }

    /// Takes note of a file that was seen.
    pub(crate) fn see(&self, root: usize, path: &str, sights: &mut Sights) {
        for glob in self.seen.fitting(path) {
            sights.globs.entry(root).or_default().insert(glob);
        }
    }

    /// For each root, the places of which everything was seen that is asked for.
    pub(crate) fn seen(&self, sights: &Sights) -> Vec<(usize, &Place)> {
        let mut seen = Vec::new();
        for (root, globs) in &sights.globs {
            for (number, place) in self.places.iter().enumerate() {
                let owned = self.seen.owners().iter().enumerate().filter(|(_, owner)| **owner == number);
                let mut owned = owned.map(|(glob, _)| glob).peekable();
                if owned.peek().is_some() && owned.all(|glob| globs.contains(&glob)) {
                    seen.push((*root, place));
                }
            }
        }
        seen
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Place> {
        self.places.iter()
    }
}

fn globs(places: &[Place], list: fn(&Place) -> &Vec<String>) -> Result<Globs, Error> {
    let mut globs = Vec::new();
    for (number, place) in places.iter().enumerate() {
        for pattern in list(place) {
            let malformed = |source| Error::Glob { family: place.id.clone(), source };
            globs.push((number, glob(pattern).map_err(malformed)?));
        }
    }
    Globs::new(globs).map_err(|source| Error::Glob { family: "all places".to_owned(), source })
}

/// What was seen of all places, by root.
#[derive(Debug, Default)]
pub(crate) struct Sights {
    globs: BTreeMap<usize, BTreeSet<usize>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places() -> Places {
        let place = |text: &str| yaml_serde::from_str::<Place>(text).unwrap();
        let web =
            place("{id: web, title: {en: w, ja: w}, paths: ['**/www/**'], seen_with: ['**/www/a/**', '**/www/b/**']}");
        let staged = place(
            "{id: staged, title: {en: s, ja: s}, paths: ['**/ProgramData/**'], endings: [zip], holding: [archive]}",
        );
        Places::new([&web, &staged, &web]).unwrap()
    }

    #[test]
    fn a_file_lies_in_the_place_whose_globs_and_endings_fit() {
        let places = places();
        let of = |path| places.of(path, None).map(|place| place.id.as_str());
        assert_eq!(of("C/WWW/a/x.aspx"), Some("web"));
        assert_eq!(of("collected.zip!/www/x"), Some("web"));
        assert_eq!(of("ProgramData/it.ZIP"), Some("staged"));
        assert_eq!(of("ProgramData/it.txt"), None);
        let holding = |kind| places.of("ProgramData/it.txt", Some(kind)).map(|place| place.id.as_str());
        assert_eq!((holding(Kind::Archive), holding(Kind::MemoryDump)), (Some("staged"), None));
    }

    #[test]
    fn a_place_is_seen_in_a_root_that_holds_all_that_is_asked_for() {
        let places = places();
        let mut sights = Sights::default();
        for (root, path) in [(0, "www/a/1"), (1, "www/a/1"), (1, "www/b/2"), (2, "ProgramData/it.zip")] {
            places.see(root, path, &mut sights);
        }
        let seen: Vec<_> = places.seen(&sights).into_iter().map(|(root, place)| (root, place.id.as_str())).collect();
        assert_eq!(seen, [(1, "web")]);
    }
}
