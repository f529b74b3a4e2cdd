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
        let mut dot = String::from("digraph {\n  rankdir=BT;\n");
        self.write_dot(&mut dot).expect("writing to a string does not fail");
        dot.push_str("}\n");
        dot
    }

    fn write_dot(&self, dot: &mut String) -> fmt::Result {
        let ring = |index: usize| {
            let is_output = self.outputs.iter().any(|o| !o.is_constant() && o.index() == index);
            if is_output { ", peripheries=2" } else { "" }
        };
        for i in 0..self.inputs {
            writeln!(dot, "  n{i} [label=\"x{i}\", shape=ellipse{}];", ring(i))?;
        }
        for node in self.nodes() {
            let parameter = node.parameter.map(|n| format!(" {n}")).unwrap_or_default();
            writeln!(
                dot,
                "  n{} [label=\"{}{parameter}\", shape=box{}];",
                node.index,
                node.op,
                ring(node.index)
            )?;
            for (slot, operand) in node.operands.iter().flatten().enumerate() {
                if operand.is_constant() {
                    let name = format!("c{}_{slot}", node.index);
                    let value = self.constants[operand.index()];
                    writeln!(dot, "  {name} [label=\"{value}\", shape=plaintext];")?;
                    writeln!(dot, "  {name} -> n{};", node.index)?;
                } else {
                    writeln!(dot, "  n{} -> n{};", operand.index(), node.index)?;
                }
            }
        }
        Ok(())
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
