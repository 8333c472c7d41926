//! What a step changes in a state. `phasm_adapter.rs` uses this file and needs it beside it.
//!
//! After a step, serde walks the state once, beside the values that were last told: what is the same
//! allocates nothing, and what is not is noted as a change of version 2 of the protocol.

use serde::ser::{self, Serialize, Serializer};
use serde_json::{json, Map, Number, Value};
use std::collections::HashSet;
use std::fmt::{self, Display};
use std::mem;

use super::encode;

/// A container with more changes than this, and than a quarter of its items, is told whole.
const CHANGES_MAX: usize = 32;

/// A state as it was last told, with what leads back to the one before.
pub struct Known {
    value: Value,
    undo: Vec<Undo>,
}

impl Known {
    pub fn new<T: Serialize>(state: &T) -> Result<Self, String> {
        let mut value = Value::Null;
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

    pub fn value(&self) -> &Value {
        &self.value
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
    Set(Vec<Step>, Value),
    Remove(Vec<Step>, String),
    Splice(Vec<Step>, usize, usize, Vec<Value>),
}

#[derive(Clone)]
enum Step {
    Key(String),
    Index(usize),
}

impl Undo {
    fn apply(self, root: &mut Value) {
        match self {
            Undo::Set(path, old) => match path.split_last() {
                // A key that was removed is not there.
                Some((Step::Key(key), above)) => {
                    object_at(root, above).insert(key.clone(), old);
                }
                _ => *at(root, &path) = old,
            },
            Undo::Remove(path, key) => {
                object_at(root, &path).remove(&key);
            }
            Undo::Splice(path, index, inserted, removed) => {
                if let Value::Array(items) = at(root, &path) {
                    items.splice(index..index + inserted, removed);
                }
            }
        }
    }
}

fn at<'a>(root: &'a mut Value, path: &[Step]) -> &'a mut Value {
    path.iter().fold(root, |value, step| match step {
        Step::Key(key) => &mut value[key.as_str()],
        Step::Index(index) => &mut value[*index],
    })
}

fn object_at<'a>(root: &'a mut Value, path: &[Step]) -> &'a mut Map<String, Value> {
    at(root, path)
        .as_object_mut()
        .expect("the path leads to an object")
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
    fn changed(&mut self, path: &Path, old: Value, new: &Value) {
        let steps = path.steps();
        self.changes
            .push(json!(["changed", tell(&steps), encode(new.clone())]));
        self.undo.push(Undo::Set(steps, old));
    }

    fn added(&mut self, path: &Path, key: &str, new: &Value) {
        let mut steps = path.steps();
        self.undo.push(Undo::Remove(steps.clone(), key.to_string()));
        steps.push(Step::Key(key.to_string()));
        self.changes
            .push(json!(["added", tell(&steps), encode(new.clone())]));
    }

    fn removed(&mut self, path: &Path, key: String, old: Value) {
        let mut steps = path.steps();
        steps.push(Step::Key(key));
        self.changes.push(json!(["removed", tell(&steps)]));
        self.undo.push(Undo::Set(steps, old));
    }

    fn spliced(&mut self, path: &Path, index: usize, removed: Vec<Value>, inserted: &[Value]) {
        let steps = path.steps();
        let new = encode(inserted.to_vec().into());
        self.changes
            .push(json!(["spliced", tell(&steps), index, removed.len(), new]));
        self.undo
            .push(Undo::Splice(steps, index, inserted.len(), removed));
    }
}

/// Where a value was told; serializing into it notes what is new.
struct Slot<'a> {
    value: &'a mut Value,
    path: Path<'a>,
    /// Nothing inside what is told whole.
    notes: Option<&'a mut Notes>,
}

impl<'a> Slot<'a> {
    fn set(self, new: Value) -> Result<(), Error> {
        let old = mem::replace(self.value, new);
        if let Some(notes) = self.notes {
            notes.changed(&self.path, old, self.value);
        }
        Ok(())
    }

    fn number(self, is_same: impl Fn(&Number) -> bool, new: Value) -> Result<(), Error> {
        match &*self.value {
            Value::Number(number) if is_same(number) => Ok(()),
            _ => self.set(new),
        }
    }

    /// Opens a container; one of another kind gives way to an empty one.
    fn open(self, fits: bool, empty: Value) -> Open<'a> {
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
        let fits = self.value.is_array();
        List::new(self.open(fits, Value::Array(Vec::new())))
    }

    fn object(self) -> Object<'a> {
        let fits = self.value.is_object();
        Object::new(self.open(fits, Value::Object(Map::new())))
    }

    /// Opens the content of a variant, which is told as an object with one key.
    fn variant(
        mut self,
        variant: &'static str,
        fits: fn(&Value) -> bool,
        empty: Value,
    ) -> Open<'a> {
        let is_same = self
            .value
            .as_object()
            .is_some_and(|object| object.len() == 1 && object.get(variant).is_some_and(fits));
        self.path.variant = Some(variant);
        let open = self.open(is_same, json!({ variant: empty }));
        Open {
            value: &mut open.value[variant],
            ..open
        }
    }
}

/// A container that is being walked.
struct Open<'a> {
    value: &'a mut Value,
    path: Path<'a>,
    notes: Option<&'a mut Notes>,
    /// What was there before, of another kind.
    replaced: Option<Value>,
    /// The number of changes when it was opened.
    mark: usize,
}

impl Open<'_> {
    fn close(mut self, size: usize) -> Result<(), Error> {
        let Some(notes) = self.notes else {
            return Ok(());
        };
        if let Some(old) = self.replaced {
            let variant = self.path.variant.take();
            let new = self.value.clone();
            let whole = match variant {
                Some(variant) => json!({ variant: new }),
                None => new,
            };
            notes.changed(&self.path, old, &whole);
        } else if notes.changes.len() - self.mark > CHANGES_MAX + size / 4 {
            notes.changes.truncate(self.mark);
            let whole = encode(self.value.clone());
            notes
                .changes
                .push(json!(["changed", tell(&self.path.steps()), whole]));
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
        let size = open.value.as_array().map_or(0, Vec::len);
        List {
            open,
            size,
            next: 0,
        }
    }

    fn item<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<(), Error> {
        let index = self.next;
        self.next += 1;
        let is_known = index < self.size;
        let above = self.open.path;
        let path = Path {
            above: Some(&above),
            index,
            ..Path::default()
        };
        let notes = if is_known && self.open.replaced.is_none() {
            self.open.notes.as_deref_mut()
        } else {
            None
        };
        let Value::Array(items) = &mut *self.open.value else {
            unreachable!("it was opened as a list");
        };
        if !is_known {
            items.push(Value::Null);
        }
        let value = &mut items[index];
        item.serialize(Slot { value, path, notes })
    }

    fn close(mut self) -> Result<(), Error> {
        let (size, next) = (self.size, self.next);
        let path = self.open.path;
        let Value::Array(items) = &mut *self.open.value else {
            unreachable!("it was opened as a list");
        };
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

struct Object<'a> {
    open: Open<'a>,
    size: usize,
    known: usize,
    /// The keys so far, one after the other, and where each ends.
    keys: String,
    ends: Vec<usize>,
    /// The key whose value comes next.
    key: String,
}

impl<'a> Object<'a> {
    fn new(open: Open<'a>) -> Self {
        let size = open.value.as_object().map_or(0, Map::len);
        Object {
            open,
            size,
            known: 0,
            keys: String::new(),
            ends: Vec::new(),
            key: String::new(),
        }
    }

    fn entry<T: Serialize + ?Sized>(&mut self, key: &str, item: &T) -> Result<(), Error> {
        self.keys.push_str(key);
        self.ends.push(self.keys.len());
        let above = self.open.path;
        let path = Path {
            above: Some(&above),
            key: Some(key),
            ..Path::default()
        };
        let is_replaced = self.open.replaced.is_some();
        let Value::Object(object) = &mut *self.open.value else {
            unreachable!("it was opened as an object");
        };
        if let Some(value) = object.get_mut(key) {
            self.known += 1;
            let notes = if is_replaced {
                None
            } else {
                self.open.notes.as_deref_mut()
            };
            return item.serialize(Slot { value, path, notes });
        }
        let mut value = Value::Null;
        item.serialize(Slot {
            value: &mut value,
            path,
            notes: None,
        })?;
        if !is_replaced {
            if let Some(notes) = self.open.notes.as_deref_mut() {
                notes.added(&above, key, &value);
            }
        }
        object.insert(key.to_string(), value);
        Ok(())
    }

    fn close(mut self) -> Result<(), Error> {
        if self.known < self.size {
            self.remove_unseen();
        }
        self.open.close(self.ends.len())
    }

    fn remove_unseen(&mut self) {
        let starts = std::iter::once(&0).chain(&self.ends);
        let seen: HashSet<&str> = starts
            .zip(&self.ends)
            .map(|(&start, &end)| &self.keys[start..end])
            .collect();
        let path = self.open.path;
        let Value::Object(object) = &mut *self.open.value else {
            unreachable!("it was opened as an object");
        };
        let gone: Vec<String> = object
            .keys()
            .filter(|key| !seen.contains(key.as_str()))
            .cloned()
            .collect();
        for key in gone {
            let old = object.remove(&key).unwrap_or_default();
            if let Some(notes) = self.open.notes.as_deref_mut() {
                notes.removed(&path, key, old);
            }
        }
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
            self.number(|number| number.$read() == Some(wide), wide.into())
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
            Value::Bool(known) if *known == value => Ok(()),
            _ => self.set(value.into()),
        }
    }

    fn serialize_f32(self, value: f32) -> Result<(), Error> {
        self.serialize_f64(value.into())
    }

    fn serialize_f64(self, value: f64) -> Result<(), Error> {
        if !value.is_finite() {
            return self.serialize_unit();
        }
        let bits = value.to_bits();
        let is_same =
            |number: &Number| number.is_f64() && number.as_f64().map(f64::to_bits) == Some(bits);
        self.number(is_same, value.into())
    }

    fn serialize_char(self, value: char) -> Result<(), Error> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<(), Error> {
        match &*self.value {
            Value::String(known) if known == value => Ok(()),
            _ => self.set(value.into()),
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
        if self.value.is_null() {
            return Ok(());
        }
        self.set(Value::Null)
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
            Value::is_array,
            Value::Array(Vec::new()),
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
            Value::is_object,
            Value::Object(Map::new()),
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
            match self.below(8) {
                0 => drop(state.map.insert(self.below(9) as u32, self.shape(2))),
                1 => drop(state.map.remove(&(self.below(9) as u32))),
                2 => state.list.push(self.shape(2)),
                3 => drop(state.list.pop()),
                4 if !state.list.is_empty() => drop(state.list.remove(0)),
                5 => state.maybe = (self.below(2) == 0).then_some(('x', self.below(2) == 0)),
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

    fn apply(root: &mut Value, change: &Value) {
        let path: Vec<Step> = change[1]
            .as_array()
            .expect("a path")
            .iter()
            .map(key_of)
            .collect();
        match (change[0].as_str(), path.split_last()) {
            (Some("spliced"), _) => {
                let from = change[2].as_u64().expect("an index") as usize;
                let count = change[3].as_u64().expect("a count") as usize;
                let inserted = change[4].as_array().expect("items").clone();
                let items = at(root, &path).as_array_mut().expect("a list");
                items.splice(from..from + count, inserted);
            }
            (Some("removed"), Some((Step::Key(key), above))) => {
                object_at(root, above).remove(key).expect("it is there");
            }
            (Some("added"), Some((Step::Key(key), above))) => {
                let old = object_at(root, above).insert(key.clone(), change[2].clone());
                assert!(old.is_none(), "{change} is there already");
            }
            _ => *at(root, &path) = change[2].clone(),
        }
    }

    #[test]
    fn tells_and_takes_back_every_change() {
        for seed in 0..300 {
            let mut draw = Draw(seed);
            let mut state = State {
                map: BTreeMap::new(),
                list: Vec::new(),
                maybe: None,
                big: 0,
            };
            let mut known = Known::new(&state).expect("it can be written");
            for _ in 0..30 {
                let (before, mut told) = (state.clone(), encode(known.value().clone()));
                let started = known.value().clone();
                known.begin();
                for _ in 0..draw.below(4) {
                    draw.change(&mut state);
                }
                for change in known.update(&state).expect("it can be written") {
                    apply(&mut told, &change);
                }
                let whole = serde_json::to_value(&state).expect("it can be written");
                assert_eq!(told, encode(whole.clone()), "seed {seed}");
                assert_eq!(known.value(), &whole, "seed {seed}");
                if draw.below(2) == 0 {
                    known.undo();
                    assert_eq!(known.value(), &started, "seed {seed}");
                    state = before;
                }
            }
        }
    }
}
