//! Graphs through serde: as their bytes.

use core::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, SeqAccess, Visitor};
use serde::ser::{Error as _, Serialize, Serializer};

use crate::graph::node::Graph;

impl Serialize for Graph {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.to_bytes().map_err(S::Error::custom)?)
    }
}

impl<'de> Deserialize<'de> for Graph {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_byte_buf(Bytes)
    }
}

struct Bytes;

impl<'de> Visitor<'de> for Bytes {
    type Value = Graph;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the bytes of a graph")
    }

    fn visit_bytes<E: serde::de::Error>(self, bytes: &[u8]) -> Result<Graph, E> {
        Graph::from_bytes(bytes).map_err(E::custom)
    }

    /// Formats without bytes have a list of numbers.
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Graph, A::Error> {
        let mut bytes = Vec::new();
        while let Some(byte) = list.next_element::<u8>()? {
            bytes.push(byte);
        }
        Graph::from_bytes(&bytes).map_err(A::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use crate::Graph;

    #[test]
    fn through_json() {
        let graph = Graph::record(|x| x[0] * x[1] + 2.0, &[1.0, 2.0]);
        let text = serde_json::to_string(&graph).unwrap();
        assert_eq!(serde_json::from_str::<Graph>(&text).unwrap(), graph);
        assert!(serde_json::from_str::<Graph>("[1, 2, 3]").is_err());
    }
}
