//! Key nodes, and the lists that lead from a key to its subkeys and values.

use hikeshi_core::text::Phrase;
use hikeshi_core::time::Timestamp;

use super::bytes::{filetime, latin1, u16_at, u32_at, u64_at, utf16};
use super::cells::{Cells, Damage, NOWHERE};
use super::value::Value;

/// A key.
#[derive(Debug, Clone)]
pub(super) struct Key {
    /// Offset of its cell.
    pub(super) offset: u32,
    /// Its name.
    pub(super) name: String,
    /// When it, its values or the list of its subkeys last changed.
    pub(super) written: Option<Timestamp>,
    subkeys: List,
    values: List,
}

/// How many elements a list has, and where it lies.
#[derive(Debug, Clone, Copy)]
struct List {
    count: u32,
    offset: u32,
}

impl List {
    /// A list without elements lies nowhere, and one with elements somewhere.
    fn checked(self, offset: u32, what: Phrase) -> Result<Option<Self>, Damage> {
        match (self.count, self.offset) {
            (0, NOWHERE) => Ok(None),
            (0, _) | (_, NOWHERE) => Err(Damage { offset, what }),
            _ => Ok(Some(self)),
        }
    }
}

impl Key {
    /// The key whose cell lies at `offset`.
    pub(super) fn at(cells: &Cells<'_>, offset: u32) -> Result<Self, Damage> {
        const NAME: usize = 76;
        const COMPRESSED_NAME: u16 = 0x20;
        /// The field for the number of values holds something else.
        const PREDEFINED_HANDLE: u16 = 0x40;
        let cell = cells.at(offset)?;
        let damage = |what| Damage { offset, what };
        if !cell.starts_with(b"nk") {
            return Err(damage(("this is no key", "キーではない")));
        }
        let short = damage(("the key is cut off", "キーが途切れている"));
        let name_length = usize::from(u16_at(cell, 72).ok_or(short)?);
        let name = cell
            .get(NAME..NAME + name_length)
            .ok_or(damage(("the name of the key is longer than its cell", "キーの名前がセルに収まらない")))?;
        cells.take(offset, NAME + name_length)?;
        let flags = u16_at(cell, 2).ok_or(short)?;
        let number = |at| u32_at(cell, at).ok_or(short);
        let values = List { count: number(36)?, offset: number(40)? };
        Ok(Self {
            offset,
            name: if flags & COMPRESSED_NAME == 0 { utf16(name) } else { latin1(name) },
            written: filetime(u64_at(cell, 4).ok_or(short)?),
            subkeys: List { count: number(20)?, offset: number(28)? },
            values: if flags & PREDEFINED_HANDLE == 0 { values } else { List { count: 0, offset: NOWHERE } },
        })
    }

    /// Its subkeys, in order.
    pub(super) fn subkeys(&self) -> Subkeys {
        Subkeys { key: self.offset, list: self.subkeys, seen: 0, at: At::Start }
    }

    /// Its values, in order.
    pub(super) fn values(&self) -> Values {
        Values { key: self.offset, list: self.values, next: 0, fitting: None }
    }

    /// The subkey of this name, compared without ASCII case. The first, where several have it.
    pub(super) fn subkey(&self, cells: &Cells<'_>, name: &str) -> Option<Self> {
        let mut subkeys = self.subkeys();
        while let Some(subkey) = subkeys.next(cells) {
            match subkey {
                Ok(key) if key.name.eq_ignore_ascii_case(name) => return Some(key),
                _ if cells.is_spent() => return None,
                _ => {}
            }
        }
        None
    }

    /// The key at a path below this one, with `\` between names.
    pub(super) fn below(&self, cells: &Cells<'_>, path: &str) -> Option<Self> {
        path.split('\\').try_fold(self.clone(), |key, name| key.subkey(cells, name))
    }

    /// The value of this name, compared without ASCII case; an empty name is the default value.
    pub(super) fn value(&self, cells: &Cells<'_>, name: &str) -> Option<Value> {
        let mut values = self.values();
        while let Some(value) = values.next(cells) {
            match value {
                Ok(value) if value.name.eq_ignore_ascii_case(name) => return Some(value),
                _ if cells.is_spent() => return None,
                _ => {}
            }
        }
        None
    }
}

/// Goes through the subkeys of a key. Holds its place only, so that a path of many keys with many subkeys costs little.
#[derive(Debug)]
pub(super) struct Subkeys {
    key: u32,
    list: List,
    seen: u32,
    at: At,
}

/// Where in the lists it is.
#[derive(Debug, Clone, Copy)]
enum At {
    Start,
    /// In the only leaf.
    Leaf(Leaf),
    /// In a leaf of an index root, or between two.
    Root {
        root: Leaf,
        leaf: Option<Leaf>,
    },
    End,
}

/// A list of offsets, and how far it was read.
#[derive(Debug, Clone, Copy)]
struct Leaf {
    offset: u32,
    next: usize,
    count: usize,
    width: usize,
}

impl Leaf {
    /// The offset that comes next.
    fn step(&mut self, cells: &Cells<'_>) -> Option<u32> {
        const HEADER: usize = 4;
        let at = (self.next < self.count).then_some(HEADER + self.next * self.width)?;
        self.next += 1;
        cells.at(self.offset).ok().and_then(|cell| u32_at(cell, at))
    }
}

impl Subkeys {
    /// The next subkey, or what stands in its place; `None` behind the last.
    pub(super) fn next(&mut self, cells: &Cells<'_>) -> Option<Result<Key, Damage>> {
        loop {
            match &mut self.at {
                At::Start => match self.start(cells) {
                    Ok(at) => self.at = at,
                    Err(damage) => {
                        self.at = At::End;
                        return Some(Err(damage));
                    }
                },
                At::Leaf(leaf) => match leaf.step(cells) {
                    Some(offset) => return Some(self.subkey(cells, offset)),
                    None => return self.end(),
                },
                At::Root { root, leaf } => {
                    if let Some(offset) = leaf.as_mut().and_then(|leaf| leaf.step(cells)) {
                        return Some(self.subkey(cells, offset));
                    }
                    let Some(offset) = root.step(cells) else { return self.end() };
                    match open(cells, offset) {
                        Ok((next, false)) => *leaf = Some(next),
                        Ok((_, true)) => {
                            return Some(Err(Damage {
                                offset,
                                what: ("an index root in an index root", "索引の入れ子が深すぎる"),
                            }));
                        }
                        Err(damage) => return Some(Err(damage)),
                    }
                }
                At::End => return None,
            }
        }
    }

    fn start(&self, cells: &Cells<'_>) -> Result<At, Damage> {
        let Some(list) = self.list.checked(
            self.key,
            ("the key contradicts itself about its subkeys", "サブキーについてのキーの記述が矛盾している"),
        )?
        else {
            return Ok(At::End);
        };
        Ok(match open(cells, list.offset)? {
            (leaf, false) => At::Leaf(leaf),
            (root, true) => At::Root { root, leaf: None },
        })
    }

    fn subkey(&mut self, cells: &Cells<'_>, offset: u32) -> Result<Key, Damage> {
        self.seen = self.seen.saturating_add(1);
        Key::at(cells, offset)
    }

    /// The lists must hold as many subkeys as the key says.
    fn end(&mut self) -> Option<Result<Key, Damage>> {
        self.at = At::End;
        let what = ("the key has another number of subkeys than it says", "サブキーの数がキーの記述と違う");
        (self.seen != self.list.count).then_some(Err(Damage { offset: self.key, what }))
    }
}

/// A list of subkeys, and whether it is an index root.
fn open(cells: &Cells<'_>, offset: u32) -> Result<(Leaf, bool), Damage> {
    const HEADER: usize = 4;
    let cell = cells.at(offset)?;
    let damage = |what| Damage { offset, what };
    let (width, is_root) = match cell.first_chunk() {
        Some(b"lf" | b"lh") => (8, false),
        Some(b"li") => (4, false),
        Some(b"ri") => (4, true),
        _ => return Err(damage(("this is no list of subkeys", "サブキーの一覧ではない"))),
    };
    let count =
        usize::from(u16_at(cell, 2).ok_or(damage(("the list of subkeys is cut off", "サブキーの一覧が途切れている")))?);
    let length = HEADER + count * width;
    if length > cell.len() {
        return Err(damage(("the list of subkeys is longer than its cell", "サブキーの一覧がセルに収まらない")));
    }
    cells.take(offset, length)?;
    Ok((Leaf { offset, next: 0, count, width }, is_root))
}

/// Goes through the values of a key.
#[derive(Debug)]
pub(super) struct Values {
    key: u32,
    list: List,
    next: usize,
    /// How many offsets the list's cell has room for, once it was looked at.
    fitting: Option<usize>,
}

impl Values {
    /// The next value, or what stands in its place; `None` behind the last.
    pub(super) fn next(&mut self, cells: &Cells<'_>) -> Option<Result<Value, Damage>> {
        let fitting = match self.fitting {
            Some(fitting) => fitting,
            None => match self.start(cells) {
                Ok(fitting) => *self.fitting.insert(fitting),
                Err(damage) => {
                    self.fitting = Some(0);
                    return Some(Err(damage));
                }
            },
        };
        if self.next >= fitting {
            return self.end(fitting);
        }
        let cell = cells.at(self.list.offset).ok()?;
        let offset = u32_at(cell, self.next * 4)?;
        self.next += 1;
        Some(Value::at(cells, offset))
    }

    fn start(&self, cells: &Cells<'_>) -> Result<usize, Damage> {
        let what = ("the key contradicts itself about its values", "値についてのキーの記述が矛盾している");
        let Some(list) = self.list.checked(self.key, what)? else { return Ok(0) };
        let fitting = (cells.at(list.offset)?.len() / 4).min(list.count as usize);
        cells.take(list.offset, fitting * 4)?;
        Ok(fitting)
    }

    /// The list must have room for as many values as the key says.
    fn end(&mut self, fitting: usize) -> Option<Result<Value, Damage>> {
        let lacking = fitting > 0 && fitting < self.list.count as usize;
        self.list.count = 0;
        let what = ("the list of values is shorter than the key says", "値の一覧がキーの記述より短い");
        lacking.then_some(Err(Damage { offset: self.key, what }))
    }
}
