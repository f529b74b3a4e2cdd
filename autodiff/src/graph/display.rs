//! A graph as text and for Graphviz.

use core::fmt::{self, Write};

use super::block::Call;
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

    /// A call as text: all its results, the name of the block, all its operands.
    fn write_call(&self, f: &mut impl Write, call: &Call) -> fmt::Result {
        for k in 0..call.results {
            write!(f, "{}%{}", if k > 0 { ", " } else { "" }, call.first + k)?;
        }
        write!(f, " = call {}(", call.block.name())?;
        for (k, &operand) in self.operands[call.operands.clone()].iter().enumerate() {
            f.write_str(if k > 0 { ", " } else { "" })?;
            self.write_operand(f, operand)?;
        }
        f.write_str(")\n")
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

impl Dot<'_> {
    /// A call as a box of its own before its first result, and a result with an edge from it.
    fn write_call(
        &self,
        dot: &mut impl Write,
        call: &Call,
        index: usize,
        ring: &str,
    ) -> fmt::Result {
        let first = call.first;
        if index == first {
            writeln!(dot, "  call{first} [label=\"{}\", shape=box3d];", call.block.name())?;
            for operand in &self.0.operands[call.operands.clone()] {
                if !operand.is_constant() {
                    writeln!(dot, "  n{} -> call{first};", operand.index())?;
                }
            }
        }
        let result = index - first;
        writeln!(dot, "  n{index} [label=\"result {result}\", shape=box{ring}];")?;
        writeln!(dot, "  call{first} -> n{index};")
    }
}

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
            if let Some(call) = graph.call_of(index) {
                self.write_call(dot, call, index, ring(index))?;
                continue;
            }
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
            if let Some(call) = self.call_of(node.index) {
                if call.first == node.index {
                    self.write_call(f, call)?;
                }
                continue;
            }
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

#[cfg(test)]
mod tests {
    use crate::{Graph, Rows, map_over};

    #[test]
    fn a_call_is_shown_with_its_operands_and_results() {
        let f = |x: &[crate::Var]| {
            let squares = map_over(&Rows::new(2).variables(&x[..2]), |row| row[0] * x[2]);
            squares[0] + squares[1]
        };
        let graph = Graph::record(f, &[1.0, 2.0, 3.0]);
        let text = graph.to_string();
        assert!(text.contains("%3, %4 = call rows(%2, %0, %1)\n%5 = add %3, %4"), "{text}");
        let dot = graph.to_dot();
        assert!(dot.contains("call3 [label=\"rows\"") && dot.contains("n2 -> call3"), "{dot}");
    }
}
