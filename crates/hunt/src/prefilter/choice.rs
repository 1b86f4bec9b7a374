//! Which group of each rule's literals is sought in a whole text. Whatever is chosen, what is found stays the same.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use crate::first_look::FirstLook;
use crate::literal_search::{LONG, LiteralSearch};

/// Weighing and evaluating a row takes about so long.
const ROW_PICOSECONDS: u64 = 1_000_000;

/// A group of literals, by their places.
type Group = Vec<usize>;

/// What is sought in a text, and how rows are weighed then.
#[derive(Debug)]
pub(super) struct Choice {
    pub(super) first: FirstLook,
    /// For each literal, whether it is sought: one that was not pointed at in a row is not there.
    is_sought: Vec<bool>,
    /// For each literal, the rules of whose sought group it is.
    leads: Vec<Vec<usize>>,
    /// For each rule, its other groups: the rarest first, and in each the commonest literal first.
    others: Vec<Vec<Group>>,
}

/// What there is to choose from.
pub(super) struct Offered<'o> {
    /// All literals.
    pub(super) literals: &'o [Box<[u8]>],
    /// For each rule: its groups.
    pub(super) groups: &'o [Vec<Group>],
    /// Literals that are sought in any case: the marks of header rows.
    pub(super) marks: Vec<usize>,
}

impl Choice {
    /// The marks and, of each rule, the group that stands least often in a sample. `all` finds the literals.
    pub(super) fn by_rarity(offered: &Offered<'_>, all: &LiteralSearch, sample: &[u8]) -> Self {
        let mut counts = vec![0_u64; offered.literals.len()];
        all.search(sample, &mut |literal, _| {
            counts.get_mut(literal).into_iter().for_each(|count| *count += 1);
        });
        let (sought, chosen) = offered.cheapest(&counts, sample.len());
        let is_sought = (0..offered.literals.len()).map(|literal| sought.contains(&literal)).collect();
        let mut leads = vec![Vec::new(); offered.literals.len()];
        let mut others = Vec::with_capacity(offered.groups.len());
        for (rule, (groups, chosen)) in offered.groups.iter().zip(chosen).enumerate() {
            let mut rest = groups.clone();
            for literal in chosen.map(|chosen| rest.remove(chosen)).into_iter().flatten() {
                leads.get_mut(literal).into_iter().for_each(|rules: &mut Vec<usize>| rules.push(rule));
            }
            rest.iter_mut().for_each(|group| group.sort_by_key(|literal| Reverse(rows(*literal, &counts))));
            rest.sort_by_key(|group| rows_of(group, &counts));
            others.push(rest);
        }
        let numbered = |place: usize| Some((u32::try_from(place).ok()?, offered.literals.get(place)?.clone()));
        let first = FirstLook::new(sought.into_iter().filter_map(numbered), sample);
        Self { first, is_sought, leads, others }
    }

    /// Whether a literal is sought.
    pub(super) fn seeks(&self, literal: usize) -> bool {
        self.is_sought.get(literal).is_some_and(|is_sought| *is_sought)
    }

    /// The rules of whose sought group a literal is.
    pub(super) fn led_to(&self, literal: usize) -> &[usize] {
        self.leads.get(literal).map_or(&[], Vec::as_slice)
    }

    /// What else must be in a row for a rule.
    pub(super) fn others(&self, rule: usize) -> &[Group] {
        self.others.get(rule).map_or(&[], Vec::as_slice)
    }
}

impl Offered<'_> {
    /// The literals to seek, and for each rule the place of the chosen group among its groups.
    fn cheapest(&self, counts: &[u64], bytes: usize) -> (BTreeSet<usize>, Vec<Option<usize>>) {
        let length = |literal: &usize| self.literals.get(*literal).map_or(0, |literal| literal.len());
        // Short literals make the search slow, common ones give it many rows to weigh; what is best is tried out.
        let choose = |least: usize| {
            let cost = |(_, group): &(usize, &Group)| {
                let shortest = group.iter().map(length).min().unwrap_or(0);
                (shortest < least, rows_of(group, counts), Reverse(shortest))
            };
            let rarest = |groups: &Vec<Group>| groups.iter().enumerate().min_by_key(cost).map(|(place, _)| place);
            let chosen: Vec<Option<usize>> = self.groups.iter().map(rarest).collect();
            let of_rules = self.groups.iter().zip(&chosen).filter_map(|(groups, chosen)| groups.get((*chosen)?));
            let sought: BTreeSet<usize> = of_rules.flatten().chain(&self.marks).copied().collect();
            let search = FirstLook::picoseconds(sought.iter().map(length)) * bytes as u64;
            let weighing = ROW_PICOSECONDS * sought.iter().map(|literal| rows(*literal, counts)).sum::<u64>();
            (search + weighing, sought, chosen)
        };
        let (_, sought, chosen) = [0, LONG].into_iter().map(choose).min().unwrap_or_default();
        (sought, chosen)
    }
}

/// How often a literal stands in the sample.
fn rows(literal: usize, counts: &[u64]) -> u64 {
    counts.get(literal).copied().unwrap_or(0)
}

fn rows_of(group: &Group, counts: &[u64]) -> u64 {
    group.iter().map(|literal| rows(*literal, counts)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_each_rule_the_rarest_group_is_sought_and_the_rest_is_ordered_by_what_it_tells() {
        let literals: Vec<Box<[u8]>> =
            [&b"/common/"[..], b"/seldom/", b"/never-seen/", b"/twice-seen/", b"#fields:"].map(Into::into).into();
        let groups = vec![vec![vec![0], vec![1, 3], vec![2]], vec![vec![0]]];
        let offered = Offered { literals: &literals, groups: &groups, marks: vec![4] };
        let sample = b"/common/ /common/ /common/ /common/ /seldom/ /twice-seen/ /twice-seen/\n";
        let all = LiteralSearch::new(literals.iter().cloned(), sample);
        let choice = Choice::by_rarity(&offered, &all, sample);
        let sought: Vec<usize> = (0..literals.len()).filter(|literal| choice.seeks(*literal)).collect();
        assert_eq!(sought, [0, 2, 4]);
        assert_eq!((choice.led_to(2), choice.led_to(0), choice.led_to(4)), (&[0][..], &[1][..], &[][..]));
        assert_eq!(choice.others(0), [vec![3, 1], vec![0]]);
    }
}
