//! Which things belong together: disjoint sets that are joined bit by bit.

use std::collections::BTreeMap;

/// Disjoint sets of things. Source: Galler and Fischer, "An improved equivalence algorithm", 1964.
#[derive(Debug)]
pub(super) struct Bundles<T> {
    numbers: BTreeMap<T, usize>,
    /// For each thing, another one of its set; the first of a set stands for itself.
    parents: Vec<usize>,
}

impl<T> Default for Bundles<T> {
    fn default() -> Self {
        Self { numbers: BTreeMap::new(), parents: Vec::new() }
    }
}

impl<T: Ord + Clone> Bundles<T> {
    /// The set that a thing is in, by the number of its first; a new one where it was in none.
    pub(super) fn of(&mut self, thing: &T) -> usize {
        let next = self.parents.len();
        let number = *self.numbers.entry(thing.clone()).or_insert(next);
        if number == next {
            self.parents.push(next);
        }
        self.first_of(number)
    }

    /// Puts all things into one set.
    pub(super) fn join<'t>(&mut self, things: impl IntoIterator<Item = &'t T>)
    where
        T: 't,
    {
        let mut together: Option<usize> = None;
        for thing in things {
            let one = self.of(thing);
            let other = together.unwrap_or(one);
            let (low, high) = (one.min(other), one.max(other));
            if let Some(parent) = self.parents.get_mut(high) {
                *parent = low;
            }
            together = Some(low);
        }
    }

    /// All things, each with its set.
    pub(super) fn all(&self) -> Vec<(T, usize)> {
        self.numbers.iter().map(|(thing, number)| (thing.clone(), self.first_of(*number))).collect()
    }

    fn first_of(&self, mut number: usize) -> usize {
        // A parent never has a higher number, so this ends.
        while let Some(parent) = self.parents.get(number).filter(|parent| **parent != number) {
            number = *parent;
        }
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_joined_over_others_is_in_one_set() {
        let mut bundles = Bundles::default();
        bundles.join(&["a", "b"]);
        bundles.join(&["c", "d"]);
        bundles.join(&["e"]);
        assert_ne!(bundles.of(&"a"), bundles.of(&"c"));
        bundles.join(&["d", "b"]);
        assert_eq!(bundles.of(&"a"), bundles.of(&"c"));
        assert_ne!(bundles.of(&"a"), bundles.of(&"e"));
        assert_eq!(bundles.of(&"new"), bundles.of(&"new"));
        assert_eq!(bundles.all().len(), 6);
    }
}
