//! What a step changes in a state. `phasm_adapter.rs` uses this file and needs it beside it.
//!
//! After a step, serde walks the state once, beside the values that were last told: what is the same
//! allocates nothing, and what is not is noted as a change of version 2 of the protocol.

use serde::ser::{self, Serialize, Serializer};
use serde_json::{json, Number, Value};
use std::collections::HashMap;
use std::fmt::{self, Display};
use std::mem;

use super::encode;

/// A container with more changes than this, and than a quarter of its items, is told whole.
const CHANGES_MAX: usize = 32;

/// Data as it was last told. The keys of an object are in the order in which serde walks them, so that
/// the next walk finds each at its place.
#[derive(Clone, Debug, PartialEq)]
enum Node {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Node>),
    Object(Vec<(String, Node)>),
}

impl Node {
    fn to_value(&self) -> Value {
        match self {
            Node::Null => Value::Null,
            Node::Bool(value) => Value::Bool(*value),
            Node::Number(value) => Value::Number(value.clone()),
            Node::Text(value) => Value::String(value.clone()),
            Node::List(items) => items.iter().map(Node::to_value).collect(),
            Node::Object(entries) => entries
                .iter()
                .map(|(key, item)| (key.clone(), item.to_value()))
                .collect(),
        }
    }

    fn encoded(&self) -> Value {
        encode(self.to_value())
    }

    fn items(&mut self) -> &mut Vec<Node> {
        match self {
            Node::List(items) => items,
            _ => unreachable!("it was opened as a list"),
        }
    }

    fn entries(&mut self) -> &mut Vec<(String, Node)> {
        match self {
            Node::Object(entries) => entries,
            _ => unreachable!("it was opened as an object"),
        }
    }
}

/// A state as it was last told, with what leads back to the one before.
pub struct Known {
    value: Node,
    undo: Vec<Undo>,
}

impl Known {
    pub fn new<T: Serialize>(state: &T) -> Result<Self, String> {
        let mut value = Node::Null;
        state
            .serialize(Slot {
                value: &mut value,
                path: Path::default(),
                notes: None,
            })
            .map_err(|why| why.to_string())?;
        Ok(Known {
            value,
            undo: Vec::new(),
        })
    }

    /// The state as serde_json writes it.
    pub fn to_value(&self) -> Value {
        self.value.to_value()
    }

    /// Begins a step, to which `undo` leads back.
    pub fn begin(&mut self) {
        self.undo.clear();
    }

    /// Takes over a state, and returns what is new in it, encoded.
    pub fn update<T: Serialize>(&mut self, state: &T) -> Result<Vec<Value>, String> {
        let mut notes = Notes {
            changes: Vec::new(),
            undo: mem::take(&mut self.undo),
        };
        let walked = state.serialize(Slot {
            value: &mut self.value,
            path: Path::default(),
            notes: Some(&mut notes),
        });
        self.undo = notes.undo;
        walked.map_err(|why| why.to_string())?;
        Ok(notes.changes)
    }

    /// Takes back everything since the step began.
    pub fn undo(&mut self) {
        while let Some(undo) = self.undo.pop() {
            undo.apply(&mut self.value);
        }
    }
}

/// What takes one change back.
enum Undo {
    Set(Vec<Step>, Node),
    /// Where the key was among those of its object.
    Insert(Vec<Step>, String, usize, Node),
    Remove(Vec<Step>, String),
    Splice(Vec<Step>, usize, usize, Vec<Node>),
}

#[derive(Clone)]
enum Step {
    Key(String),
    Index(usize),
}

impl Undo {
    fn apply(self, root: &mut Node) {
        match self {
            Undo::Set(path, old) => *at(root, &path) = old,
            Undo::Insert(path, key, index, old) => {
                let entries = at(root, &path).entries();
                entries.insert(index.min(entries.len()), (key, old));
            }
            Undo::Remove(path, key) => at(root, &path).entries().retain(|(other, _)| *other != key),
            Undo::Splice(path, index, inserted, removed) => {
                at(root, &path)
                    .items()
                    .splice(index..index + inserted, removed);
            }
        }
    }
}

fn at<'a>(root: &'a mut Node, path: &[Step]) -> &'a mut Node {
    path.iter().fold(root, |node, step| match step {
        Step::Index(index) => &mut node.items()[*index],
        Step::Key(key) => node
            .entries()
            .iter_mut()
            .find_map(|(other, item)| (other == key).then_some(item))
            .expect("the path leads to a key"),
    })
}

/// A place in the state, as a list from the inside out.
#[derive(Clone, Copy, Default)]
struct Path<'a> {
    above: Option<&'a Path<'a>>,
    key: Option<&'a str>,
    index: usize,
    /// The name of an enum's variant, whose content is the last part of the path.
    variant: Option<&'static str>,
}

impl Path<'_> {
    fn steps(&self) -> Vec<Step> {
        let mut steps = match self.above {
            Some(above) => above.steps(),
            None => Vec::new(),
        };
        match (self.key, self.above) {
            (Some(key), _) => steps.push(Step::Key(key.to_string())),
            (None, Some(_)) => steps.push(Step::Index(self.index)),
            (None, None) => {}
        }
        if let Some(variant) = self.variant {
            steps.push(Step::Key(variant.to_string()));
        }
        steps
    }
}

fn tell(steps: &[Step]) -> Value {
    steps
        .iter()
        .map(|step| match step {
            Step::Key(key) => Value::from(key.as_str()),
            Step::Index(index) => Value::from(*index),
        })
        .collect()
}

/// The changes of a step, and what takes them back.
struct Notes {
    changes: Vec<Value>,
    undo: Vec<Undo>,
}

impl Notes {
    fn changed(&mut self, path: &Path, old: Node, new: &Node) {
        let steps = path.steps();
        self.changes
            .push(json!(["changed", tell(&steps), new.encoded()]));
        self.undo.push(Undo::Set(steps, old));
    }

    fn added(&mut self, path: &Path, key: &str, new: &Node) {
        let mut steps = path.steps();
        self.undo.push(Undo::Remove(steps.clone(), key.to_string()));
        steps.push(Step::Key(key.to_string()));
        self.changes
            .push(json!(["added", tell(&steps), new.encoded()]));
    }

    fn removed(&mut self, path: &Path, key: String, index: usize, old: Node) {
        let mut steps = path.steps();
        let undo = Undo::Insert(steps.clone(), key.clone(), index, old);
        self.undo.push(undo);
        steps.push(Step::Key(key));
        self.changes.push(json!(["removed", tell(&steps)]));
    }

    fn spliced(&mut self, path: &Path, index: usize, removed: Vec<Node>, inserted: &[Node]) {
        let steps = path.steps();
        let new: Value = inserted.iter().map(Node::encoded).collect();
        self.changes
            .push(json!(["spliced", tell(&steps), index, removed.len(), new]));
        self.undo
            .push(Undo::Splice(steps, index, inserted.len(), removed));
    }
}

/// Where a value was told; serializing into it notes what is new.
struct Slot<'a> {
    value: &'a mut Node,
    path: Path<'a>,
    /// Nothing inside what is told whole.
    notes: Option<&'a mut Notes>,
}

impl<'a> Slot<'a> {
    fn set(self, new: Node) -> Result<(), Error> {
        let old = mem::replace(self.value, new);
        if let Some(notes) = self.notes {
            notes.changed(&self.path, old, self.value);
        }
        Ok(())
    }

    fn number(self, is_same: impl Fn(&Number) -> bool, new: Option<Number>) -> Result<(), Error> {
        match &*self.value {
            Node::Number(number) if is_same(number) => Ok(()),
            _ => self.set(new.map_or(Node::Null, Node::Number)),
        }
    }

    /// Opens a container; one of another kind gives way to an empty one.
    fn open(self, fits: bool, empty: Node) -> Open<'a> {
        let replaced = if fits {
            None
        } else {
            Some(mem::replace(self.value, empty))
        };
        let mark = self.notes.as_ref().map_or(0, |notes| notes.changes.len());
        Open {
            value: self.value,
            path: self.path,
            notes: self.notes,
            replaced,
            mark,
        }
    }

    fn list(self) -> List<'a> {
        let fits = matches!(self.value, Node::List(_));
        List::new(self.open(fits, Node::List(Vec::new())))
    }

    fn object(self) -> Object<'a> {
        let fits = matches!(self.value, Node::Object(_));
        Object::new(self.open(fits, Node::Object(Vec::new())))
    }

    /// Opens the content of a variant, which is told as an object with one key.
    fn variant(mut self, variant: &'static str, fits: fn(&Node) -> bool, empty: Node) -> Open<'a> {
        let is_same = match &*self.value {
            Node::Object(entries) => match &entries[..] {
                [(key, content)] => key == variant && fits(content),
                _ => false,
            },
            _ => false,
        };
        self.path.variant = Some(variant);
        let open = self.open(is_same, Node::Object(vec![(variant.to_string(), empty)]));
        Open {
            value: &mut open.value.entries()[0].1,
            ..open
        }
    }
}

/// A container that is being walked.
struct Open<'a> {
    value: &'a mut Node,
    path: Path<'a>,
    notes: Option<&'a mut Notes>,
    /// What was there before, of another kind.
    replaced: Option<Node>,
    /// The number of changes when it was opened.
    mark: usize,
}

impl Open<'_> {
    fn close(mut self, size: usize) -> Result<(), Error> {
        let Some(notes) = self.notes else {
            return Ok(());
        };
        if let Some(old) = self.replaced {
            match self.path.variant.take() {
                None => notes.changed(&self.path, old, self.value),
                Some(variant) => {
                    let whole = Node::Object(vec![(variant.to_string(), self.value.clone())]);
                    notes.changed(&self.path, old, &whole);
                }
            }
        } else if notes.changes.len() - self.mark > CHANGES_MAX + size / 4 {
            notes.changes.truncate(self.mark);
            let steps = self.path.steps();
            notes
                .changes
                .push(json!(["changed", tell(&steps), self.value.encoded()]));
        }
        Ok(())
    }
}

struct List<'a> {
    open: Open<'a>,
    size: usize,
    next: usize,
}

impl<'a> List<'a> {
    fn new(open: Open<'a>) -> Self {
        let size = open.value.items().len();
        List {
            open,
            size,
            next: 0,
        }
    }

    fn item<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<(), Error> {
        let index = self.next;
        self.next += 1;
        let above = self.open.path;
        let path = Path {
            above: Some(&above),
            index,
            ..Path::default()
        };
        let items = self.open.value.items();
        let notes = if index < self.size && self.open.replaced.is_none() {
            self.open.notes.as_deref_mut()
        } else {
            items.resize(items.len().max(index + 1), Node::Null);
            None
        };
        let value = &mut items[index];
        item.serialize(Slot { value, path, notes })
    }

    fn close(mut self) -> Result<(), Error> {
        let (size, next) = (self.size, self.next);
        let path = self.open.path;
        let items = self.open.value.items();
        let removed = if next < size {
            items.split_off(next)
        } else {
            Vec::new()
        };
        if next != size && self.open.replaced.is_none() {
            if let Some(notes) = self.open.notes.as_deref_mut() {
                let index = next.min(size);
                notes.spliced(&path, index, removed, &items[index..]);
            }
        }
        self.open.close(next)
    }
}

/// How far ahead a key is looked for when it is not at its place: others before it may be gone.
const KEYS_AHEAD: usize = 8;

struct Object<'a> {
    open: Open<'a>,
    /// The entries before it were walked; those after it were not, if the others are not astray.
    next: usize,
    /// The entries that were not walked, once keys have come in another order.
    astray: Option<HashMap<String, Node>>,
    /// The key whose value comes next.
    key: String,
}

impl<'a> Object<'a> {
    fn new(open: Open<'a>) -> Self {
        Object {
            open,
            next: 0,
            astray: None,
            key: String::new(),
        }
    }

    /// Brings the entry of a key to the place that is walked next; returns false if there is none.
    fn find(&mut self, key: &str) -> bool {
        let entries = self.open.value.entries();
        if let Some(astray) = &mut self.astray {
            let found = astray.remove_entry(key);
            let is_found = found.is_some();
            entries.extend(found);
            return is_found;
        }
        let ahead = &mut entries[self.next..];
        let near = ahead.iter().take(KEYS_AHEAD);
        match near.map(|(other, _)| other).position(|other| other == key) {
            Some(offset) => {
                ahead[..=offset].rotate_right(1);
                true
            }
            None if ahead.is_empty() => false,
            None => {
                self.astray = Some(entries.drain(self.next..).collect());
                self.find(key)
            }
        }
    }

    fn entry<T: Serialize + ?Sized>(&mut self, key: &str, item: &T) -> Result<(), Error> {
        let is_known = self.find(key);
        let index = self.next;
        self.next += 1;
        let above = self.open.path;
        let path = Path {
            above: Some(&above),
            key: Some(key),
            ..Path::default()
        };
        let mut notes = match self.open.replaced {
            None => self.open.notes.as_deref_mut(),
            Some(_) => None,
        };
        let entries = self.open.value.entries();
        if is_known {
            let value = &mut entries[index].1;
            return item.serialize(Slot { value, path, notes });
        }
        let mut value = Node::Null;
        item.serialize(Slot {
            value: &mut value,
            path,
            notes: None,
        })?;
        if let Some(notes) = &mut notes {
            notes.added(&above, key, &value);
        }
        entries.insert(index, (key.to_string(), value));
        Ok(())
    }

    fn close(mut self) -> Result<(), Error> {
        let path = self.open.path;
        let index = self.next;
        let mut gone: Vec<_> = self.open.value.entries().drain(index..).collect();
        gone.extend(self.astray.into_iter().flatten());
        for (key, old) in gone {
            if let Some(notes) = self.open.notes.as_deref_mut() {
                notes.removed(&path, key, index, old);
            }
        }
        self.open.close(index)
    }
}

/// What serde could not do with a state.
#[derive(Debug)]
struct Error(String);

impl Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl std::error::Error for Error {}

impl ser::Error for Error {
    fn custom<T: Display>(message: T) -> Self {
        Error(message.to_string())
    }
}

/// The text of a map's key, as serde_json writes it.
fn text_of_key<T: Serialize + ?Sized>(key: &T) -> Result<String, Error> {
    match serde_json::to_value(key) {
        Ok(Value::String(text)) => Ok(text),
        Ok(Value::Number(number)) => Ok(number.to_string()),
        _ => Err(Error(
            "a key of a map is neither a text nor a number".into(),
        )),
    }
}

macro_rules! integers {
    ($($name:ident $type:ty, $wide:ty, $read:ident;)*) => {
        $(fn $name(self, value: $type) -> Result<(), Error> {
            let wide = <$wide>::from(value);
            self.number(|number| number.$read() == Some(wide), Some(wide.into()))
        })*
    };
}

impl<'a> Serializer for Slot<'a> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = List<'a>;
    type SerializeTuple = List<'a>;
    type SerializeTupleStruct = List<'a>;
    type SerializeTupleVariant = List<'a>;
    type SerializeMap = Object<'a>;
    type SerializeStruct = Object<'a>;
    type SerializeStructVariant = Object<'a>;

    integers! {
        serialize_i8 i8, i64, as_i64;
        serialize_i16 i16, i64, as_i64;
        serialize_i32 i32, i64, as_i64;
        serialize_i64 i64, i64, as_i64;
        serialize_u8 u8, u64, as_u64;
        serialize_u16 u16, u64, as_u64;
        serialize_u32 u32, u64, as_u64;
        serialize_u64 u64, u64, as_u64;
    }

    fn serialize_bool(self, value: bool) -> Result<(), Error> {
        match self.value {
            Node::Bool(known) if *known == value => Ok(()),
            _ => self.set(Node::Bool(value)),
        }
    }

    fn serialize_f32(self, value: f32) -> Result<(), Error> {
        self.serialize_f64(value.into())
    }

    fn serialize_f64(self, value: f64) -> Result<(), Error> {
        let new = Number::from_f64(value);
        if new.is_none() {
            return self.serialize_unit();
        }
        let bits = value.to_bits();
        let is_same =
            |number: &Number| number.is_f64() && number.as_f64().map(f64::to_bits) == Some(bits);
        self.number(is_same, new)
    }

    fn serialize_char(self, value: char) -> Result<(), Error> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<(), Error> {
        match &*self.value {
            Node::Text(known) if known == value => Ok(()),
            _ => self.set(Node::Text(value.to_string())),
        }
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_none(self) -> Result<(), Error> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Error> {
        match self.value {
            Node::Null => Ok(()),
            _ => self.set(Node::Null),
        }
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Error> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<(), Error> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        let mut object = self.object();
        object.entry(variant, value)?;
        object.close()
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<List<'a>, Error> {
        Ok(self.list())
    }

    fn serialize_tuple(self, _: usize) -> Result<List<'a>, Error> {
        Ok(self.list())
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<List<'a>, Error> {
        Ok(self.list())
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<List<'a>, Error> {
        Ok(List::new(self.variant(
            variant,
            |node| matches!(node, Node::List(_)),
            Node::List(Vec::new()),
        )))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Object<'a>, Error> {
        Ok(self.object())
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Object<'a>, Error> {
        Ok(self.object())
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Object<'a>, Error> {
        Ok(Object::new(self.variant(
            variant,
            |node| matches!(node, Node::Object(_)),
            Node::Object(Vec::new()),
        )))
    }
}

macro_rules! walk_items {
    ($($trait:ident $method:ident;)*) => {
        $(impl ser::$trait for List<'_> {
            type Ok = ();
            type Error = Error;

            fn $method<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<(), Error> {
                self.item(item)
            }

            fn end(self) -> Result<(), Error> {
                self.close()
            }
        })*
    };
}

walk_items! {
    SerializeSeq serialize_element;
    SerializeTuple serialize_element;
    SerializeTupleStruct serialize_field;
    SerializeTupleVariant serialize_field;
}

macro_rules! walk_fields {
    ($($trait:ident;)*) => {
        $(impl ser::$trait for Object<'_> {
            type Ok = ();
            type Error = Error;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                key: &'static str,
                item: &T,
            ) -> Result<(), Error> {
                self.entry(key, item)
            }

            fn end(self) -> Result<(), Error> {
                self.close()
            }
        })*
    };
}

walk_fields! {
    SerializeStruct;
    SerializeStructVariant;
}

impl ser::SerializeMap for Object<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        self.key = text_of_key(key)?;
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        let key = mem::take(&mut self.key);
        self.entry(&key, value)
    }

    fn end(self) -> Result<(), Error> {
        self.close()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Serialize;
    use std::collections::BTreeMap;

    #[derive(Serialize, Clone)]
    enum Shape {
        Unit,
        Newtype(Vec<u8>),
        Tuple(i64, String),
        Struct { x: f64, y: Option<Box<Shape>> },
    }

    #[derive(Serialize, Clone)]
    struct State {
        map: BTreeMap<u32, Shape>,
        hashed: HashMap<u16, bool>,
        list: Vec<Shape>,
        #[serde(skip_serializing_if = "Option::is_none")]
        maybe: Option<(char, bool)>,
        big: u64,
    }

    /// The same numbers each time.
    struct Draw(u64);

    impl Draw {
        fn below(&mut self, bound: u64) -> u64 {
            self.0 = self
                .0
                .wrapping_mul(6364136223846793005)
                .wrapping_add(1442695040888963407);
            (self.0 >> 33) % bound
        }

        fn shape(&mut self, depth: u64) -> Shape {
            match self.below(4) {
                0 => Shape::Unit,
                1 => Shape::Newtype((0..self.below(4)).map(|item| item as u8).collect()),
                2 => Shape::Tuple(-(self.below(3) as i64), self.below(3).to_string()),
                _ => Shape::Struct {
                    x: self.below(3) as f64 / 2.0,
                    y: (depth > 0).then(|| Box::new(self.shape(depth - 1))),
                },
            }
        }

        fn change(&mut self, state: &mut State) {
            match self.below(10) {
                0 => drop(state.map.insert(self.below(9) as u32, self.shape(2))),
                1 => drop(state.map.remove(&(self.below(9) as u32))),
                2 => state.list.push(self.shape(2)),
                3 => drop(state.list.pop()),
                4 if !state.list.is_empty() => drop(state.list.remove(0)),
                5 => state.maybe = (self.below(2) == 0).then_some(('x', self.below(2) == 0)),
                // In another order.
                7 => state.hashed = state.hashed.drain().collect(),
                8 if self.below(2) == 0 => drop(state.hashed.remove(&(self.below(30) as u16))),
                8 => drop(
                    state
                        .hashed
                        .insert(self.below(30) as u16, self.below(2) == 0),
                ),
                6 => state.big = u64::MAX - self.below(2),
                _ => {
                    for shape in state.map.values_mut() {
                        *shape = self.shape(1);
                    }
                }
            }
        }
    }

    fn key_of(step: &Value) -> Step {
        match step.as_str() {
            Some(key) => Step::Key(key.to_string()),
            None => Step::Index(step.as_u64().expect("an index") as usize),
        }
    }

    fn place<'a>(root: &'a mut Value, path: &[Step]) -> &'a mut Value {
        path.iter().fold(root, |value, step| match step {
            Step::Key(key) => &mut value[key.as_str()],
            Step::Index(index) => &mut value[*index],
        })
    }

    fn apply(root: &mut Value, change: &Value) {
        let path: Vec<Step> = change[1]
            .as_array()
            .expect("a path")
            .iter()
            .map(key_of)
            .collect();
        let number = |at: usize| change[at].as_u64().expect("a number") as usize;
        match (change[0].as_str(), path.split_last()) {
            (Some("spliced"), _) => {
                let inserted = change[4].as_array().expect("items").clone();
                let items = place(root, &path).as_array_mut().expect("a list");
                items.splice(number(2)..number(2) + number(3), inserted);
            }
            (Some("removed"), Some((Step::Key(key), above))) => {
                let object = place(root, above).as_object_mut().expect("an object");
                object.remove(key).expect("it is there");
            }
            (Some("added"), Some((Step::Key(key), above))) => {
                let object = place(root, above).as_object_mut().expect("an object");
                let old = object.insert(key.clone(), change[2].clone());
                assert!(old.is_none(), "{change} is there already");
            }
            _ => *place(root, &path) = change[2].clone(),
        }
    }

    #[test]
    fn tells_and_takes_back_every_change() {
        for seed in 0..300 {
            let mut draw = Draw(seed);
            let mut state = State {
                map: BTreeMap::new(),
                hashed: (0..20).map(|key| (key, true)).collect(),
                list: Vec::new(),
                maybe: None,
                big: 0,
            };
            let mut known = Known::new(&state).expect("it can be written");
            for _ in 0..30 {
                let (before, mut told) = (state.clone(), encode(known.to_value()));
                let started = known.to_value();
                known.begin();
                for _ in 0..draw.below(4) {
                    draw.change(&mut state);
                }
                for change in known.update(&state).expect("it can be written") {
                    apply(&mut told, &change);
                }
                let whole = serde_json::to_value(&state).expect("it can be written");
                assert_eq!(told, encode(whole.clone()), "seed {seed}");
                assert_eq!(known.to_value(), whole, "seed {seed}");
                if draw.below(2) == 0 {
                    known.undo();
                    assert_eq!(known.to_value(), started, "seed {seed}");
                    state = before;
                }
            }
        }
    }
}
