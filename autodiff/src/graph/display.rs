//! A graph as text and for Graphviz.

use core::fmt::{self, Write};

use super::node::{Graph, Operand};

impl Graph {
    /// An operand as text: `%3` for an input or node, the number itself for a constant.
    fn write_operand(&self, f: &mut impl Write, operand: Operand) -> fmt::Result {
        if operand.is_constant() {
            write!(f, "{}", self.constants[operand.index()])
        } else {
            write!(f, "%{}", operand.index())
        }
    }

    /// The graph in the DOT language of Graphviz: an ellipse for an input, a box for an operation,
    /// a double ring for an output.
    ///
    /// # Examples
    /// ```
    /// use autodiff::Graph;
    /// use calculus_core::Real;
    /// let dot = Graph::record(|x| x[0].sin(), &[1.0]).to_dot();
    /// assert!(dot.contains("n1 [label=\"sin\""));
    /// assert!(dot.contains("n0 -> n1"));
    /// ```
    pub fn to_dot(&self) -> String {
        Dot(self).to_string()
    }
}

/// A graph that is displayed in the DOT language.
struct Dot<'a>(&'a Graph);

impl fmt::Display for Dot<'_> {
    fn fmt(&self, dot: &mut fmt::Formatter<'_>) -> fmt::Result {
        let graph = self.0;
        let ring = |index: usize| {
            let is_output = graph.outputs.iter().any(|o| !o.is_constant() && o.index() == index);
            if is_output { ", peripheries=2" } else { "" }
        };
        writeln!(dot, "digraph {{\n  rankdir=BT;")?;
        for i in 0..graph.inputs {
            writeln!(dot, "  n{i} [label=\"x{i}\", shape=ellipse{}];", ring(i))?;
        }
        for node in graph.nodes() {
            let index = node.index;
            let parameter = node.parameter.map(|n| format!(" {n}")).unwrap_or_default();
            let label = format!("{}{parameter}", node.op);
            writeln!(dot, "  n{index} [label=\"{label}\", shape=box{}];", ring(index))?;
            for (slot, operand) in node.operands.iter().flatten().enumerate() {
                if operand.is_constant() {
                    let value = graph.constants[operand.index()];
                    let constant = format!("c{index}_{slot}");
                    writeln!(dot, "  {constant} [label=\"{value}\", shape=plaintext];")?;
                    writeln!(dot, "  {constant} -> n{index};")?;
                } else {
                    writeln!(dot, "  n{} -> n{index};", operand.index())?;
                }
            }
        }
        writeln!(dot, "}}")
    }
}

impl fmt::Display for Graph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for i in 0..self.inputs {
            writeln!(f, "%{i} = input")?;
        }
        for node in self.nodes() {
            write!(f, "%{} = {} ", node.index, node.op)?;
            for (slot, &operand) in node.operands.iter().flatten().enumerate() {
                if slot > 0 {
                    f.write_str(", ")?;
                }
                self.write_operand(f, operand)?;
            }
            if let Some(parameter) = node.parameter {
                write!(f, ", {parameter}")?;
            }
            f.write_char('\n')?;
        }
        f.write_str("return ")?;
        for (slot, &operand) in self.outputs.iter().enumerate() {
            if slot > 0 {
                f.write_str(", ")?;
            }
            self.write_operand(f, operand)?;
        }
        f.write_char('\n')
    }
}
