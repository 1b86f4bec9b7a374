//! Magic numbers of the kinds that are no archives. Archives have theirs in [`crate::archive::Format::detect`].
//!
//! Sources beyond Windows' own formats: expert witness images <https://github.com/libyal/libewf/tree/main/documentation>;
//! VHD and VHDX [MS-VHD], [MS-VHDX]; VMDK
//! <https://github.com/libyal/libvmdk/blob/main/documentation/VMWare%20Virtual%20Disk%20Format%20(VMDK).asciidoc>; QCOW
//! <https://github.com/qemu/qemu/blob/master/docs/interop/qcow2.rst>; ISO 9660 is ECMA-119, 8.1; LiME
//! <https://github.com/504ensicsLabs/LiME/blob/master/doc/README.md>; AD1
//! <https://github.com/al3ks1s/AD1-tools>; hibernation files
//! <https://github.com/libyal/libhibr/blob/main/documentation/Windows%20Hibernation%20File%20(hiberfil.sys)%20format.asciidoc>.

use super::Kind;

/// Where a magic number stands, what it is, and of what.
const MAGIC: [(usize, &[u8], Kind); 26] = [
    (0, b"ElfFile\0", Kind::EventLog),
    (0, b"ElfChnk\0", Kind::EventLog),
    (4, b"LfLe", Kind::OldEventLog),
    (0, b"regf", Kind::Hive),
    (257, b"ustar", Kind::Archive),
    (0, b"MZ", Kind::Executable),
    (4, b"\xef\xcd\xab\x89", Kind::Database),
    (0, b"MDMP\x93\xa7", Kind::MemoryDump),
    (0, b"PAGEDU", Kind::MemoryDump),
    (0, b"EMiL\x01\0\0\0", Kind::MemoryDump),
    (0, b"hibr\0", Kind::MemoryDump),
    (0, b"HIBR\0", Kind::MemoryDump),
    (0, b"EVF\x09\x0d\x0a\xff\0", Kind::DiskImage),
    (0, b"EVF2\x0d\x0a\x81\0", Kind::DiskImage),
    (0, b"LVF\x09\x0d\x0a\xff\0", Kind::DiskImage),
    (0, b"LEF2\x0d\x0a\x81\0", Kind::DiskImage),
    (0, b"ADSEGMENTEDFILE\0", Kind::DiskImage),
    (0, b"conectix", Kind::DiskImage),
    (0, b"vhdxfile", Kind::DiskImage),
    (0, b"KDMV", Kind::DiskImage),
    (0, b"COWD", Kind::DiskImage),
    (0, b"# Disk DescriptorFile", Kind::DiskImage),
    (0, b"QFI\xfb", Kind::DiskImage),
    (64, b"\x7f\x10\xda\xbe", Kind::DiskImage),
    (0x8001, b"CD001", Kind::DiskImage),
    (3, b"NTFS    ", Kind::DiskImage),
];

pub(super) fn detect(head: &[u8]) -> Option<Kind> {
    first_of(&MAGIC, head)
}

/// What the first magic number of a table stands for that is in its place.
pub(crate) fn first_of<T: Copy>(table: &[(usize, &[u8], T)], head: &[u8]) -> Option<T> {
    let fits = |(at, magic, _): &&(usize, &[u8], T)| head.get(*at..).is_some_and(|rest| rest.starts_with(magic));
    table.iter().find(fits).map(|(_, _, meant)| *meant)
}
