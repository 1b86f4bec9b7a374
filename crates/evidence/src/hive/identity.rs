//! Which hive it is. Told by what it holds: copies are renamed.

use super::cells::Cells;
use super::key::Key;

/// A hive that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Identity {
    /// `SOFTWARE`: programs and the system's settings.
    Software,
    /// `SYSTEM`: services, drivers, the machine's settings.
    System,
    /// `SAM`: local accounts.
    Accounts,
    /// `SECURITY`: policy and secrets.
    Security,
    /// `NTUSER.DAT`: the settings of a user.
    User,
    /// `DEFAULT`: the settings of the system's own account.
    SystemUser,
    /// `UsrClass.dat`: the file types and COM classes of a user.
    UserClasses,
    /// `BCD`: what is started at boot.
    Boot,
    /// `Amcache.hve`: programs that were seen.
    Amcache,
    /// `COMPONENTS`: parts of the system.
    Components,
    /// `DRIVERS`: the driver store.
    Drivers,
    /// Any other.
    Other,
}

/// What tells a hive: keys right below its root.
struct Mark {
    /// All of these are there,
    all: &'static [&'static str],
    /// and one of these, if any are named.
    any: &'static [&'static str],
    identity: Identity,
}

/// In the order in which they are asked.
const MARKS: [Mark; 11] = [
    Mark { all: &["Policy"], any: &["Cache", "RXACT", "SAM", "Recovery"], identity: Identity::Security },
    Mark { all: &["Objects", "Description"], any: &[], identity: Identity::Boot },
    Mark { all: &["DriverDatabase"], any: &[], identity: Identity::Drivers },
    Mark { all: &["DerivedData"], any: &[], identity: Identity::Components },
    Mark { all: &["CanonicalData"], any: &[], identity: Identity::Components },
    Mark { all: &["Local Settings"], any: &[], identity: Identity::UserClasses },
    Mark {
        all: &["Software"],
        any: &["Control Panel", "Environment", "Console", "Keyboard Layout", "Network", "Printers", "AppEvents"],
        identity: Identity::User,
    },
    Mark {
        all: &["Microsoft"],
        any: &["Classes", "Policies", "Clients", "WOW6432Node", "RegisteredApplications", "ODBC"],
        identity: Identity::Software,
    },
    // What follows is told by less, and so comes last.
    Mark { all: &["Policy"], any: &[], identity: Identity::Security },
    Mark { all: &["Microsoft"], any: &[], identity: Identity::Software },
    Mark { all: &["Software"], any: &[], identity: Identity::User },
];

/// The hive with this root key, whose header names the file that it was loaded from.
pub(super) fn identify(cells: &Cells<'_>, root: &Key, file_name: &str) -> Identity {
    let children = Children::of(cells, root);
    if root.name.to_ascii_lowercase().ends_with("_classes") {
        return Identity::UserClasses;
    }
    if root.below(cells, r"SAM\Domains").is_some() {
        return Identity::Accounts;
    }
    if children.has("Select") && children.0.iter().any(|name| is_control_set(name)) {
        return Identity::System;
    }
    if ["InventoryApplicationFile", "InventoryApplication", "File", "Programs"]
        .iter()
        .any(|name| root.below(cells, "Root").is_some_and(|root| root.subkey(cells, name).is_some()))
    {
        return Identity::Amcache;
    }
    let holds = |mark: &&Mark| {
        mark.all.iter().all(|name| children.has(name))
            && (mark.any.is_empty() || mark.any.iter().any(|name| children.has(name)))
    };
    match MARKS.iter().find(holds).map_or(Identity::Other, |mark| mark.identity) {
        // These two hold the same keys. The header has the end of the path.
        Identity::User if file_name.to_ascii_lowercase().ends_with(r"config\default") => Identity::SystemUser,
        identity => identity,
    }
}

/// The first names below the root, in lower case.
struct Children(Vec<String>);

impl Children {
    fn of(cells: &Cells<'_>, root: &Key) -> Self {
        /// No hive that is known has as many keys below its root.
        const LOOKED_AT: usize = 256;
        let mut subkeys = root.subkeys();
        let names = std::iter::from_fn(|| subkeys.next(cells)).take(LOOKED_AT);
        Self(names.filter_map(Result::ok).map(|key| key.name.to_ascii_lowercase()).collect())
    }

    fn has(&self, name: &str) -> bool {
        self.0.iter().any(|have| have.eq_ignore_ascii_case(name))
    }
}

/// Whether a key below the root of `SYSTEM` is a control set.
pub(super) fn is_control_set(name: &str) -> bool {
    const START: &str = "ControlSet";
    let (start, number) = name.split_at_checked(START.len()).unwrap_or_default();
    start.eq_ignore_ascii_case(START) && !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
}

impl Identity {
    /// What stands before the paths of its keys, as Sysmon writes them.
    pub(super) fn prefix(self, cells: &Cells<'_>, root: &Key) -> String {
        match self {
            Self::Software => r"HKLM\SOFTWARE".to_owned(),
            Self::System => r"HKLM\SYSTEM".to_owned(),
            Self::Accounts => r"HKLM\SAM".to_owned(),
            Self::Security => r"HKLM\SECURITY".to_owned(),
            Self::Boot => r"HKLM\BCD00000000".to_owned(),
            Self::Components => r"HKLM\COMPONENTS".to_owned(),
            Self::Drivers => r"HKLM\DRIVERS".to_owned(),
            Self::SystemUser => r"HKU\.DEFAULT".to_owned(),
            Self::User => format!(r"HKU\{}", user(cells, root).unwrap_or_else(|| "NTUSER".to_owned())),
            Self::UserClasses => {
                let name = root.name.strip_suffix("_Classes").filter(|name| is_sid(name)).unwrap_or("NTUSER");
                format!(r"HKU\{name}_Classes")
            }
            Self::Amcache => r"\REGISTRY\A\Amcache.hve".to_owned(),
            Self::Other => format!(r"\REGISTRY\A\{}", root.name),
        }
    }
}

/// The user's SID, where the hive tells it.
fn user(cells: &Cells<'_>, root: &Key) -> Option<String> {
    const NAMED_BY_SID: &str = r"Software\Microsoft\Protected Storage System Provider";
    if is_sid(&root.name) {
        return Some(root.name.clone());
    }
    let mut subkeys = root.below(cells, NAMED_BY_SID)?.subkeys();
    std::iter::from_fn(|| subkeys.next(cells)).filter_map(Result::ok).map(|key| key.name).find(|name| is_sid(name))
}

fn is_sid(name: &str) -> bool {
    name.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("S-1-5-"))
        && name.bytes().skip(6).all(|byte| byte.is_ascii_digit() || byte == b'-')
}

/// A hive that was identified.
pub(super) struct Hive<'h> {
    /// Its cells.
    pub(super) cells: Cells<'h>,
    /// Its root key.
    pub(super) root: Key,
    /// Which hive it is.
    pub(super) identity: Identity,
    /// What stands before the paths of its keys.
    pub(super) prefix: String,
    /// In `SYSTEM`, the name of the control set that was in use.
    pub(super) current: Option<String>,
}

impl<'h> Hive<'h> {
    /// The hive with this root key.
    pub(super) fn new(cells: Cells<'h>, root: Key, file_name: &str) -> Self {
        let identity = identify(&cells, &root, file_name);
        let prefix = identity.prefix(&cells, &root);
        let current = (identity == Identity::System).then(|| {
            let number = root.subkey(&cells, "Select")?.value(&cells, "Current")?.number(&cells)?;
            root.subkey(&cells, &format!("ControlSet{number:03}")).map(|key| key.name)
        });
        Self { cells, root, identity, prefix, current: current.flatten() }
    }

    /// A name right below the root as paths show it. Sysmon calls the control set in use `CurrentControlSet`, and so do
    /// Sigma's rules.
    pub(super) fn shown<'n>(&self, child: &'n str) -> &'n str {
        match &self.current {
            Some(current) if current.eq_ignore_ascii_case(child) => "CurrentControlSet",
            _ => child,
        }
    }
}
