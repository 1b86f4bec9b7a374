//! The engine's modules that take file formats apart, kept from harm by hostile files.
//!
//! boreal 1.4.0 does not come to an end with a version resource whose tables have no length, and its limit of time is
//! not asked while a module reads. It also panics at some .NET metadata. So version resources are walked here first, and
//! where that does not come to an end soon, the modules see a copy of the file in which they are not to be found. After a
//! panic, the rules are tried once more without these modules.

use std::collections::HashMap;
use std::sync::Arc;

use boreal::Compiler;
use boreal::compiler::CompilerBuilder;
use boreal::memory::Region;
use boreal::module::{
    Dex, Dotnet, Elf, MachO, Module, ModuleData, ModuleDataMap, Pe, ScanContext, StaticValue, Type, Value,
};
use memchr::memmem;

/// A file with more version resources than this shows the modules none.
const RESOURCES_CAP: usize = 64;
/// A version resource with more tables of texts than this is not shown to the modules.
const TABLES_CAP: usize = 64;
/// The key of a table of texts ends within so many bytes.
const KEY_CAP: usize = 256;

/// `VS_VERSION_INFO` and a zero, in UTF-16.
const ROOT: &[u8] = b"V\0S\0_\0V\0E\0R\0S\0I\0O\0N\0_\0I\0N\0F\0O\0\0\0";
const VARIABLES: &[u8] = b"V\0a\0r\0F\0i\0l\0e\0I\0n\0f\0o\0\0\0";
const TEXTS: &[u8] = b"S\0t\0r\0i\0n\0g\0F\0i\0l\0e\0I\0n\0f\0o\0\0\0";
/// Length, length of the value, kind.
const HEADER: usize = 6;

/// What the modules see of a file.
pub(super) enum View {
    /// The file as it is.
    Whole,
    /// These bytes in its place.
    Instead(Arc<[u8]>),
    /// Nothing: to them the file is of no format that they know.
    Nothing,
}

impl View {
    /// The file, or a copy that does no harm.
    pub(super) fn of(bytes: &[u8]) -> Self {
        if !bytes.starts_with(b"MZ") || version_resources_end(bytes) {
            return Self::Whole;
        }
        let mut copy = bytes.to_vec();
        for place in memmem::find_iter(bytes, ROOT) {
            if let Some(first) = copy.get_mut(place) {
                *first = 0;
            }
        }
        Self::Instead(copy.into())
    }
}

/// A compiler with all modules of the engine, those that read formats guarded.
pub(super) fn compiler() -> Compiler {
    CompilerBuilder::new()
        .add_module(Guarded(Box::new(Pe)))
        .add_module(Guarded(Box::new(Dotnet)))
        .add_module(Guarded(Box::new(Elf)))
        .add_module(Guarded(Box::new(MachO)))
        .add_module(Guarded(Box::new(Dex)))
        .build()
}

/// A module that sees of a file what the scan's [`View`] shows.
pub(super) struct Guarded(Box<dyn Module>);

impl ModuleData for Guarded {
    type PrivateData = ();
    type UserData = View;
}

impl Module for Guarded {
    fn get_name(&self) -> &'static str {
        self.0.get_name()
    }

    fn get_static_values(&self) -> HashMap<&'static str, StaticValue> {
        self.0.get_static_values()
    }

    fn get_dynamic_types(&self) -> HashMap<&'static str, Type> {
        self.0.get_dynamic_types()
    }

    fn setup_new_scan(&self, data_map: &mut ModuleDataMap<'_>) {
        self.0.setup_new_scan(data_map);
    }

    fn get_dynamic_values(&self, context: &mut ScanContext<'_, '_, '_>, values: &mut HashMap<&'static str, Value>) {
        let instead = match context.module_data.get_user_data::<Self>() {
            Some(View::Nothing) => Arc::from([]),
            Some(View::Instead(bytes)) => Arc::clone(bytes),
            Some(View::Whole) | None => return self.0.get_dynamic_values(context, values),
        };
        let region = Region { start: context.region.start, mem: &instead };
        let mut context = ScanContext {
            region: &region,
            module_data: &mut *context.module_data,
            process_memory: context.process_memory,
        };
        self.0.get_dynamic_values(&mut context, values);
    }
}

/// Whether the engine comes to an end soon with all version resources of a file.
fn version_resources_end(bytes: &[u8]) -> bool {
    let mut found = memmem::find_iter(bytes, ROOT).filter_map(|at| at.checked_sub(HEADER));
    let few = found.by_ref().take(RESOURCES_CAP).all(|at| ends(bytes, at));
    few && found.next().is_none()
}

/// Follows a version resource as the engine does: past the variables, then through the tables of texts. `true` where
/// every step is at least as long as the shortest sound node.
fn ends(bytes: &[u8], start: usize) -> bool {
    const FIXED: usize = 92;
    const SHORTEST_TABLE: usize = 24;
    let length = |at: usize| Some(usize::from(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?)));
    let has_key = |at: usize, key: &[u8]| bytes.get(at + HEADER..).is_some_and(|rest| rest.starts_with(key));
    let end = start + length(start).unwrap_or_default();
    let mut at = start + FIXED;
    while has_key(at, VARIABLES) {
        match length(at) {
            Some(step) if step >= HEADER + VARIABLES.len() => at += step.next_multiple_of(4),
            _ => return false,
        }
    }
    let mut tables = 0;
    while at < end && has_key(at, TEXTS) {
        let Some(step) = length(at).filter(|step| *step >= HEADER + TEXTS.len()) else { return false };
        let mut table = at + (HEADER + TEXTS.len()).next_multiple_of(4);
        at += step.next_multiple_of(4);
        while table < at {
            let Some(step) = length(table) else { break };
            tables += 1;
            if step < SHORTEST_TABLE || tables > TABLES_CAP || !key_ends(bytes, table + HEADER) {
                return false;
            }
            table += step.next_multiple_of(4);
        }
    }
    true
}

fn key_ends(bytes: &[u8], at: usize) -> bool {
    let key = bytes.get(at..).unwrap_or_default();
    key.get(..KEY_CAP).unwrap_or(key).chunks_exact(2).any(|unit| unit == [0, 0])
}

#[cfg(test)]
mod tests {
    use hikeshi_core::coverage::Gap;

    use super::super::externals::NAMES;
    use super::super::sources::Sources;
    use super::super::tests::{TIME, names, practice_program, rules};
    use super::super::{Externals, Rules};
    use super::*;

    fn zero_length(program: &[u8], key: &str) -> Vec<u8> {
        let key: Vec<u8> = key.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut bytes = program.to_vec();
        let at = bytes.windows(key.len()).position(|window| window == key).unwrap();
        bytes[at - 6..at - 4].fill(0);
        bytes
    }

    #[test]
    fn a_version_resource_without_an_end_holds_nothing_up_and_hides_nothing_else() {
        let rules = rules(
            "import \"pe\"\nrule versioned { condition: pe.version_info[\"CompanyName\"] == \"Kamome\" }\n\
             rule program { strings: $a = \"CompanyName\" wide condition: $a and pe.number_of_sections == 2 }",
        );
        let program = practice_program();
        assert_eq!(names(&rules, &program), ["a.yar:versioned", "a.yar:program"]);
        for key in ["040904B0", "StringFileInfo"] {
            let scanned = rules.scan(&zero_length(&program, key), &Externals::default(), TIME);
            let held: Vec<_> = scanned.matches.iter().map(|found| found.rule.as_str()).collect();
            assert_eq!((held, scanned.missed[0].reason), (vec!["program"], Gap::Malformed), "{key}");
        }
        // More resources than are followed.
        let key: Vec<u8> = "VS_VERSION_INFO\0".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let many = [program, key.repeat(100)].concat();
        assert_eq!(rules.scan(&many, &Externals::default(), TIME).missed[0].reason, Gap::Malformed);
    }

    /// Panics at any content.
    struct Panics;

    impl Module for Panics {
        fn get_name(&self) -> &'static str {
            "panics"
        }

        fn get_static_values(&self) -> HashMap<&'static str, StaticValue> {
            HashMap::new()
        }

        fn get_dynamic_types(&self) -> HashMap<&'static str, Type> {
            [("number", Type::Integer)].into()
        }

        fn get_dynamic_values(&self, context: &mut ScanContext<'_, '_, '_>, _: &mut HashMap<&'static str, Value>) {
            assert!(context.region.mem.is_empty(), "a fault of the engine");
        }
    }

    #[test]
    fn a_module_that_panics_costs_only_the_rules_that_ask_it() {
        let mut compiler = CompilerBuilder::new().add_module(Guarded(Box::new(Panics))).build();
        for name in NAMES {
            compiler.define_symbol(name, "");
        }
        let text = "import \"panics\" rule a { condition: panics.number == 1 } rule b { condition: filesize == 3 }";
        compiler.add_rules_str(text).unwrap();
        let rules = Rules { scanner: compiler.finalize(), sources: Sources::default() };
        let scanned = rules.scan(b"abc", &Externals::default(), TIME);
        assert_eq!(scanned.matches.iter().map(|found| found.rule.as_str()).collect::<Vec<_>>(), ["b"]);
        assert_eq!(scanned.missed[0].reason, Gap::ReaderFailed);
    }
}
