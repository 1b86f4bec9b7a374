//! Findings that belong together: three intruders read as three, and whoever only tried does not drown them.
//!
//! Addresses, pages, accounts and rare names of clients are joined where a finding, or a row that following a clue led to,
//! shows two of them together. A finding that names none of these joins whoever was at work at that time; one of a process
//! joins whoever its tree of processes belongs to.

mod bundles;
mod files;
mod programs;
mod raise;

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

use hikeshi_core::actor::{Actor, ActorKind};
use hikeshi_core::finding::{Finding, Stage};
use hikeshi_core::time::Timestamp;

use crate::collect::{Activity, RuleTotal};
use crate::follow::{Clue, Outcome};
use crate::judge::Case;
use bundles::Bundles;
use files::Files;
use raise::raise;

/// Actors listed.
const ACTORS: usize = 50;
/// Addresses listed of one actor.
const ADDRESSES: usize = 100;
/// What is seen of more addresses than this joins none of them: everybody comes that way.
const MOST_JOINED: usize = 100;
/// A page belongs to who was at work so many seconds before it was first heard of.
const PLANTED_SECONDS: i64 = 3 * 60;
/// A finding without a client joins who was at work within so many seconds.
const NEAR_SECONDS: i64 = 30 * 60;

/// Who did it.
pub(crate) struct Cast {
    /// The furthest stage first.
    pub(crate) actors: Vec<Actor>,
    /// Findings, by place, that weigh little by themselves and happened while an intruder was at work.
    pub(crate) raised: Vec<usize>,
}

/// Tells who did what.
pub(crate) fn cast(case: &Case<'_>, weighed: &[(Stage, &RuleTotal)]) -> Cast {
    let mut scene = Scene::new(case);
    scene.join_by_findings(case);
    scene.join_by_leads(case);
    scene.join_planters(case);
    let mut drafts = scene.drafts(case, weighed);
    let homes = scene.add_traces(case, &mut drafts);
    let raised = raise(case, &homes, &mut drafts);
    programs::add(case, &homes.of_trees, &mut drafts);
    Cast { actors: listed(drafts), raised }
}

/// One actor while it is put together.
#[derive(Debug, Default)]
struct Draft {
    clues: BTreeSet<Clue>,
    stage: Option<Stage>,
    rules: BTreeSet<String>,
    active: Activity,
    /// Rows of its addresses, in all logs.
    rows: u64,
    /// When something of it stands in a log.
    moments: BTreeSet<Timestamp>,
    /// What its processes started, each with those that it comes from.
    programs: BTreeSet<String>,
}

/// A finding that comes from no address.
struct Homeless<'c> {
    finding: &'c Finding,
    stage: Stage,
    /// The bundle of its process.
    tree: Option<usize>,
    /// The computer that it ran on.
    host: &'c str,
    /// Whose it is.
    home: &'c mut Option<usize>,
}

/// For each finding, by place, whose it is.
struct Homes {
    /// Of those that weigh enough by themselves.
    weighing: Vec<Option<usize>>,
    /// Of those that show what a process did: whose tree of processes it is.
    of_trees: Vec<Option<usize>>,
}

/// The clues of all findings, and which belong together.
struct Scene {
    bundles: Bundles<Clue>,
    /// For each finding, its clues.
    clues: Vec<BTreeSet<Clue>>,
    /// Addresses that asked for a planted page, did nothing with it, and are known for nothing else.
    onlookers: BTreeSet<String>,
}

impl Scene {
    fn new(case: &Case<'_>) -> Self {
        let processes = |finding: &Finding| {
            let roots = case.followed.map(|followed| followed.lineage.of(finding)).unwrap_or_default();
            roots.into_iter().map(|process| Clue::Process(Box::new(process.clone()))).collect::<Vec<_>>()
        };
        let clues: Vec<_> = case
            .findings
            .iter()
            .map(|finding| case.trail.clues(finding).into_iter().chain(processes(finding)).collect())
            .collect();
        let onlookers = onlookers(case, &clues);
        Self { bundles: Bundles::default(), clues, onlookers }
    }

    /// What one finding names belongs together. A client's name does not join by itself, nor does a file: many may have it.
    fn join_by_findings(&mut self, case: &Case<'_>) {
        for (finding, clues) in case.findings.iter().zip(&self.clues) {
            let is_onlooker = finding.addresses.iter().any(|address| self.onlookers.contains(address));
            if finding.weight().is_some() && !is_onlooker {
                self.bundles.join(clues.iter().filter(|clue| !matches!(clue, Clue::Agent(_) | Clue::File(_))));
            }
        }
    }

    /// Who used a page belongs to whoever put it there; a name that only intruders have joins them.
    fn join_by_leads(&mut self, case: &Case<'_>) {
        let Some(followed) = case.followed else { return };
        for (number, lead) in followed.leads.iter().enumerate() {
            let telling = match lead.clue {
                Clue::Page(_) => Outcome::Used,
                Clue::Account(_) | Clue::Agent(_) => Outcome::Named,
                Clue::Address(_) | Clue::Folder(_) | Clue::File(_) | Clue::Process(_) => continue,
            };
            let Some(total) = followed.total(number, telling, case.found) else { continue };
            let joins = match &lead.clue {
                Clue::Agent(agent) => total.addresses.len() == 1 || is_browser(agent),
                _ => total.addresses.len() <= MOST_JOINED,
            };
            if joins {
                let addresses: Vec<Clue> = total.addresses.keys().cloned().map(Clue::Address).collect();
                self.bundles.join(addresses.iter().chain([&lead.clue]));
            }
        }
    }

    /// A page that is first heard of while somebody was at work belongs to him, where those who used it came later: often
    /// it is planted from one address and used from another.
    fn join_planters(&mut self, case: &Case<'_>) {
        let mut at_work: BTreeMap<Timestamp, BTreeSet<&String>> = BTreeMap::new();
        let mut heard_of: BTreeMap<&Clue, Timestamp> = BTreeMap::new();
        for (finding, clues) in case.findings.iter().zip(&self.clues) {
            let is_work = finding.weight().is_some_and(|stage| stage >= Stage::Exploitation);
            let Some(time) = logged(finding).filter(|_| is_work) else { continue };
            let known = finding.addresses.iter().filter(|address| !self.onlookers.contains(*address));
            at_work.entry(time).or_default().extend(known);
            for page in clues.iter().filter(|clue| matches!(clue, Clue::Page(_))) {
                let first = heard_of.entry(page).or_insert(time);
                *first = time.min(*first);
            }
        }
        for (page, first) in heard_of {
            let own = self.bundles.of(page);
            let before =
                at_work.range(first.plus_seconds(-PLANTED_SECONDS)..=first).flat_map(|(_, addresses)| addresses);
            let planters: Vec<Clue> = before.map(|address| Clue::Address((*address).clone())).collect();
            let others: Vec<Clue> = planters.into_iter().filter(|planter| self.bundles.of(planter) != own).collect();
            let bundles: BTreeSet<usize> = others.iter().map(|planter| self.bundles.of(planter)).collect();
            let mut earlier = at_work.range(..first).flat_map(|(_, addresses)| addresses);
            let was_there = earlier.any(|address| self.bundles.of(&Clue::Address((*address).clone())) == own);
            if bundles.len() == 1 && !was_there {
                self.bundles.join(others.iter().chain([page]));
            }
        }
    }

    /// One draft for each bundle, with what its addresses did.
    fn drafts(&mut self, case: &Case<'_>, weighed: &[(Stage, &RuleTotal)]) -> BTreeMap<usize, Draft> {
        let mut drafts: BTreeMap<usize, Draft> = BTreeMap::new();
        for (stage, total) in weighed {
            for (address, active) in &total.addresses {
                let stage = if self.onlookers.contains(address) { &Stage::Attempt } else { stage };
                let clue = Clue::Address(address.clone());
                let draft = drafts.entry(self.bundles.of(&clue)).or_default();
                draft.active.join(*active);
                draft.stage = draft.stage.max(Some(*stage));
                draft.rules.extend(case.rules.get(total.rule).map(|rule| rule.reference.name.clone()));
                draft.moments.extend([active.first, active.last].into_iter().flatten());
            }
        }
        for (clue, bundle) in self.bundles.all() {
            drafts.entry(bundle).or_default().clues.insert(clue);
        }
        drafts
    }

    /// Gives each finding that counts to the actor whose traces it is.
    fn add_traces(&mut self, case: &Case<'_>, drafts: &mut BTreeMap<usize, Draft>) -> Homes {
        let mut homes = vec![None; case.findings.len()];
        let trees = self.trees();
        let mut files = Files::new(case);
        let mut homeless = Vec::new();
        for (((finding, clues), tree), home) in case.findings.iter().zip(&self.clues).zip(&trees).zip(&mut homes) {
            let Some(stage) = finding.weight() else { continue };
            if finding.addresses.iter().any(|address| self.onlookers.contains(address)) {
                continue;
            }
            let addresses = finding.addresses.iter().cloned().map(Clue::Address);
            let is_known = |clue: &&Clue| !matches!(clue, Clue::Agent(_) | Clue::File(_) | Clue::Process(_));
            let named = clues.iter().filter(is_known).cloned();
            let bundle =
                addresses.chain(named).map(|clue| self.bundles.of(&clue)).find(|bundle| drafts.contains_key(bundle));
            let bundle = bundle.or_else(|| tree.filter(|tree| drafts.get(tree).is_some_and(Draft::is_known)));
            *home = bundle;
            match bundle.and_then(|bundle| Some((bundle, drafts.get_mut(&bundle)?))) {
                Some((bundle, draft)) => {
                    draft.take(finding, stage);
                    files.add(finding, bundle);
                }
                None if stage >= Stage::Exploitation => {
                    homeless.push(Homeless { finding, stage, tree: *tree, host: host(clues), home });
                }
                None => {}
            }
        }
        let grown = add_homeless(&mut self.bundles, homeless, &mut files, drafts);
        let of_tree = |tree: usize| grown.get(&tree).copied().unwrap_or(Some(tree));
        let of_trees: Vec<Option<usize>> = trees.into_iter().map(|tree| tree.and_then(of_tree)).collect();
        self.add_activity(case, drafts);
        let hosts = join_nameless(drafts);
        let moved = |home: Option<usize>| home.map(|at| *hosts.get(&at).unwrap_or(&at));
        Homes { weighing: homes.into_iter().map(moved).collect(), of_trees: of_trees.into_iter().map(moved).collect() }
    }

    /// For each finding, the bundle of the process that it is of.
    fn trees(&mut self) -> Vec<Option<usize>> {
        let Self { bundles, clues, .. } = self;
        let of_process = |clues: &BTreeSet<Clue>| {
            clues.iter().find(|clue| matches!(clue, Clue::Process(_))).map(|process| bundles.of(process))
        };
        clues.iter().map(of_process).collect()
    }

    /// Everything else that an intruder's addresses did counts as activity, and as nothing more.
    fn add_activity(&mut self, case: &Case<'_>, drafts: &mut BTreeMap<usize, Draft>) {
        let Some(followed) = case.followed else { return };
        for (number, lead) in followed.leads.iter().enumerate() {
            let is_activity = |outcome: &Outcome| match lead.clue {
                Clue::Address(_) => *outcome == Outcome::Named,
                Clue::Page(_) => *outcome == Outcome::Used,
                Clue::Account(_) | Clue::Agent(_) | Clue::Folder(_) | Clue::File(_) | Clue::Process(_) => false,
            };
            let draft = drafts.get_mut(&self.bundles.of(&lead.clue));
            let totals = Outcome::ALL
                .into_iter()
                .filter(is_activity)
                .filter_map(|outcome| followed.total(number, outcome, case.found));
            if let Some(draft) = draft {
                totals.for_each(|total| {
                    draft.active.join(total.active);
                    draft.rows += if matches!(lead.clue, Clue::Address(_)) { total.count } else { 0 };
                });
            }
        }
    }
}

impl Draft {
    fn take(&mut self, finding: &Finding, stage: Stage) {
        self.rules.insert(finding.rule.name.clone());
        self.stage = self.stage.max(Some(stage));
        if let Some(time) = logged(finding) {
            self.moments.insert(time);
            self.active.join(Activity { first: Some(time), last: Some(time) });
        }
    }

    fn join(&mut self, other: Self) {
        self.clues.extend(other.clues);
        self.rules.extend(other.rules);
        self.active.join(other.active);
        self.stage = self.stage.max(other.stage);
        self.rows += other.rows;
        self.moments.extend(other.moments);
        self.programs.extend(other.programs);
    }

    /// Whether more is known of it than its processes.
    fn is_known(&self) -> bool {
        self.clues.iter().any(|clue| !matches!(clue, Clue::Process(_)))
    }

    fn has_address(&self) -> bool {
        self.clues.iter().any(|clue| matches!(clue, Clue::Address(_)))
    }

    fn is_intruder(&self) -> bool {
        self.stage.is_some_and(|stage| stage >= Stage::Exploitation)
    }

    fn actor(&self, kind: ActorKind) -> Actor {
        let of = |pick: fn(&Clue) -> Option<String>| self.clues.iter().filter_map(pick).collect::<Vec<_>>();
        let mut addresses = of(|clue| if let Clue::Address(address) = clue { Some(address.clone()) } else { None });
        let addresses_more = addresses.len().saturating_sub(ADDRESSES) as u64;
        addresses.truncate(ADDRESSES);
        let (programs, programs_more) = programs::listed(&self.programs);
        Actor {
            id: String::new(),
            kind,
            findings: self.rules.iter().cloned().collect(),
            addresses,
            addresses_more,
            programs,
            programs_more,
            agents: of(|clue| if let Clue::Agent(agent) = clue { Some(agent.clone()) } else { None }),
            pages: of(|clue| if let Clue::Page(page) = clue { Some(page.to_string()) } else { None }),
            accounts: of(|clue| if let Clue::Account(account) = clue { Some(account.clone()) } else { None }),
            stage: self.stage.unwrap_or(Stage::Attempt),
            rows: self.rows,
            first: self.active.first,
            last: self.active.last,
        }
    }
}

/// Scanners and responders ask for planted pages too, and those who do nothing more are no intruders. Whoever was handed out
/// data that lay ready is not one of them.
fn onlookers(case: &Case<'_>, clues: &[BTreeSet<Clue>]) -> BTreeSet<String> {
    let Some(followed) = case.followed else { return BTreeSet::new() };
    let mut looked: BTreeMap<&String, BTreeSet<&Clue>> = BTreeMap::new();
    for (number, lead) in followed.leads.iter().enumerate().filter(|(_, lead)| is_page(&lead.clue)) {
        let addresses = |outcome| followed.total(number, outcome, case.found).map(|total| &total.addresses);
        let used = addresses(Outcome::Used);
        for address in addresses(Outcome::Answered).into_iter().flat_map(BTreeMap::keys) {
            if used.is_none_or(|used| !used.contains_key(address)) {
                looked.entry(address).or_default().insert(&lead.clue);
            }
        }
    }
    for (finding, clues) in case.findings.iter().zip(clues) {
        let pages = || clues.iter().filter(|clue| matches!(clue, Clue::Page(_)));
        for address in finding.addresses.iter().filter(|_| finding.weight().is_some()) {
            let known_for_more = looked
                .get(address)
                .is_some_and(|looked_at| pages().next().is_none() || pages().any(|page| !looked_at.contains(page)));
            if known_for_more {
                looked.remove(address);
            }
        }
    }
    looked.into_keys().cloned().collect()
}

/// Whether a clue is a page that a web server runs.
fn is_page(clue: &Clue) -> bool {
    matches!(clue, Clue::Page(page) if page.is_run())
}

/// Everyone who has a tool calls himself as the tool does. The name of a browser with all its versions is rare, where no
/// other client has it.
fn is_browser(agent: &str) -> bool {
    agent.starts_with("Mozilla/")
}

/// Gives findings that come from no address, in order of time, to the intruder whose address or file they name, or who was
/// at work then; a tree of processes to whoever its first process belongs to. Whose each tree is.
fn add_homeless(
    bundles: &mut Bundles<Clue>,
    homeless: Vec<Homeless<'_>>,
    files: &mut Files<'_>,
    drafts: &mut BTreeMap<usize, Draft>,
) -> BTreeMap<usize, Option<usize>> {
    let mut grown: BTreeMap<usize, Option<usize>> = BTreeMap::new();
    // Where no intruder's address is known, the trees of one computer stand for one. By computer, the first of them.
    let is_known = drafts.values().any(|draft| draft.is_intruder() && draft.has_address());
    let mut unknown: BTreeMap<&str, usize> = BTreeMap::new();
    for Homeless { finding, stage, tree, host, home } in homeless {
        let is_intruder = |bundle: &usize| drafts.get(bundle).is_some_and(Draft::is_intruder);
        let mut by_trace = || {
            let by_address = addresses_in(finding).map(|address| bundles.of(&address)).find(is_intruder);
            let by_time = || logged(finding).and_then(|time| nearest(drafts, time));
            by_address.or_else(|| files.owner_of(finding)).or_else(by_time)
        };
        let mut own = |tree| (!is_known).then(|| *unknown.entry(host).or_insert(tree));
        *home = match tree {
            Some(tree) => *grown.entry(tree).or_insert_with(|| by_trace().or_else(|| own(tree))),
            None => by_trace(),
        };
        if let Some((home, draft)) = home.and_then(|at| Some((at, drafts.get_mut(&at)?))) {
            draft.take(finding, stage);
            files.add(finding, home);
        }
    }
    grown
}

/// Addresses that the fields of a finding name: what a command fetches from, or what it connects to.
fn addresses_in(finding: &Finding) -> impl Iterator<Item = Clue> {
    let is_of_address = |character: char| character.is_ascii_hexdigit() || matches!(character, '.' | ':');
    let words = finding.fields.values().flat_map(move |text| text.split(move |character| !is_of_address(character)));
    let parsed = |word: &str| {
        let word = word.trim_end_matches(['.', ':']);
        let of_socket = || word.parse().ok().map(|socket: SocketAddr| socket.ip());
        word.parse().ok().or_else(of_socket)
    };
    words.filter_map(parsed).map(|address: IpAddr| Clue::Address(address.to_string()))
}

/// The time of a finding that stands in a log. The time of a file can be set by whoever wrote it.
fn logged(finding: &Finding) -> Option<Timestamp> {
    finding.time.filter(|_| finding.evidence.line.is_some() || finding.evidence.record.is_some())
}

/// Traces of which no address is known belong to the intruder who was at work at that time, where there is one.
/// For each of those that joined another, that other.
fn join_nameless(drafts: &mut BTreeMap<usize, Draft>) -> BTreeMap<usize, usize> {
    let mut hosts = BTreeMap::new();
    let is_nameless = |draft: &Draft| draft.stage.is_some() && !draft.has_address();
    let nameless: Vec<usize> =
        drafts.iter().filter(|(_, draft)| is_nameless(draft)).map(|(number, _)| *number).collect();
    for number in nameless {
        let Some(draft) = drafts.remove(&number) else { continue };
        let host = draft.moments.iter().find_map(|moment| nearest(drafts, *moment));
        match host.and_then(|host| Some((host, drafts.get_mut(&host)?))) {
            Some((at, host)) => {
                host.join(draft);
                hosts.insert(number, at);
            }
            None => drop(drafts.insert(number, draft)),
        }
    }
    hosts
}

/// The computer of the process that a finding is of.
fn host(clues: &BTreeSet<Clue>) -> &str {
    clues
        .iter()
        .find_map(|clue| if let Clue::Process(process) = clue { Some(process.host()) } else { None })
        .unwrap_or("")
}

/// The intruder who was at work closest to a time; none where two were equally close.
fn nearest(drafts: &BTreeMap<usize, Draft>, time: Timestamp) -> Option<usize> {
    let distance = |draft: &Draft| {
        let before = draft.moments.range(..=time).next_back().map(|moment| time.seconds_since(*moment));
        let after = draft.moments.range(time..).next().map(|moment| moment.seconds_since(time));
        before.into_iter().chain(after).min()
    };
    let intruders = drafts.iter().filter(|(_, draft)| draft.is_intruder());
    let mut near: Vec<(i64, usize)> = intruders
        .filter_map(|(number, draft)| Some((distance(draft)?, *number)))
        .filter(|(seconds, _)| *seconds <= NEAR_SECONDS)
        .collect();
    near.sort_unstable();
    match near.as_slice() {
        [(first, _), (second, _), ..] if first == second => None,
        [(_, number), ..] => Some(*number),
        [] => None,
    }
}

/// Intruders one by one, and everyone who only tried together at the end.
fn listed(drafts: BTreeMap<usize, Draft>) -> Vec<Actor> {
    let counted = drafts.into_values().filter(|draft| draft.stage.is_some());
    let (intruders, others): (Vec<_>, Vec<_>) = counted.partition(Draft::is_intruder);
    let mut actors: Vec<Actor> = intruders.iter().map(|draft| draft.actor(ActorKind::Intruder)).collect();
    // The furthest first; of those, the earliest. The order of addresses settles the rest.
    actors.sort_by(|a, b| {
        let key =
            |actor: &Actor| (std::cmp::Reverse(actor.stage), actor.first, actor.addresses.clone(), actor.pages.clone());
        key(a).cmp(&key(b))
    });
    actors.truncate(ACTORS);
    let mut probers = Draft::default();
    for other in others {
        probers.join(other);
    }
    actors.extend(probers.stage.map(|_| probers.actor(ActorKind::Probers)));
    for (number, actor) in actors.iter_mut().enumerate() {
        actor.id = format!("actor-{}", number + 1);
    }
    actors
}
