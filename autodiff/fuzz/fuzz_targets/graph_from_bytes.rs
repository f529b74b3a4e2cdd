//! Bytes from anywhere are an error or a graph that can be written, simplified and evaluated.
//!
//! ```text
//! cargo +nightly fuzz run graph_from_bytes -- -max_len=4096
//! ```
#![no_main]

use autodiff::Graph;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(graph) = Graph::from_bytes(bytes) else { return };
    let again = graph.to_bytes().expect("what was read can be written");
    assert_eq!(Graph::from_bytes(&again).expect("what was written can be read").len(), graph.len());
    // The number of inputs takes no bytes: workspaces of any size can be asked for.
    if graph.inputs() > 10_000 {
        return;
    }
    let _ = (graph.to_string(), graph.simplified().len());
    let (inputs, outputs) = (graph.inputs(), graph.outputs().len());
    let mut function = graph.into_function();
    let x = vec![0.5; inputs];
    if function.holds_at(&x) {
        function.vjp(&x, &vec![1.0; outputs], &mut vec![0.0; inputs]);
        function.jvp(&x, &vec![1.0; inputs], &mut vec![0.0; outputs]);
    }
});
