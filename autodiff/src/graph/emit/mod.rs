//! Graphs as Rust source, for where no library may go.

mod expression;
mod matrices;
mod text;
mod vectors;

use core::fmt::Write;

use self::expression::Names;
use self::text::{Items, Otherwise};
use super::error::GraphError;
use super::nested::nested_gradient;
use super::node::Graph;
use super::record::record;

/// What a graph could not be, in errors.
const INTO: &str = "emitted as Rust source";

impl Graph {
    /// The function as Rust source that needs nothing but the standard library.
    ///
    /// The text has `pub fn name(x: &[f64; N]) -> f64`, or `-> [f64; M]` for another number of outputs
    /// than one. With one output it also has
    /// `pub fn name_gradient(x: &[f64; N], gradient: &mut [f64; N]) -> f64`. Operations are straight
    /// lines of code, from the [simplified](Graph::simplified) graph; rows and recurrences are loops
    /// around a function, those of the gradient too, which keep all states of a
    /// [`scan`](crate::scan); operations on vectors and matrices are calls of functions that stand in
    /// the text. If the function took decisions while it was recorded, the results are an `Option`,
    /// which is `None` where a decision comes out differently: of a row or step, as none that was
    /// recorded.
    ///
    /// The values are those of this crate but for rounding; so is the gradient, but where an infinite
    /// factor meets an adjoint of 0, which makes it NaN.
    ///
    /// # Errors
    /// [`GraphError::NotAnIdentifier`]; [`GraphError::Unsupported`] for functions that the standard
    /// library does not have (`erf`, `erfc`, `ln_gamma`, `digamma`, `polygamma`) and for the eigenvalues
    /// of matrices; [`GraphError::UserCode`] for a [`Primitive`](crate::Primitive) or an implicit
    /// function; [`GraphError::TooLarge`] for a text of more than 65,536 operations or tables of more
    /// than $2^{20}$ numbers.
    ///
    /// A name that is a keyword of Rust, or one that the text itself uses, is no identifier either.
    ///
    /// # Examples
    /// ```
    /// use autodiff::Graph;
    /// use calculus_core::Real;
    /// let source = Graph::record(|x| (x[0] * x[1]).sin(), &[1.0, 2.0]).to_rust("product")?;
    /// assert!(source.contains("\
    /// pub fn product(x: &[f64; 2]) -> f64 {
    ///     let v2 = x[0] * x[1];
    ///     let v3 = v2.sin();
    ///     v3
    /// }"));
    /// assert!(source.contains("pub fn product_gradient(x: &[f64; 2], gradient: &mut [f64; 2]) -> f64"));
    /// # Ok::<(), autodiff::GraphError>(())
    /// ```
    pub fn to_rust(&self, name: &str) -> Result<String, GraphError> {
        let identifier = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            && name != "_"
            && !RESERVED.contains(&name);
        if !identifier {
            return Err(GraphError::NotAnIdentifier { name: name.to_owned() });
        }
        let graph = self.simplified();
        let mut source = function(&graph, name)?;
        if graph.outputs.len() == 1 {
            // Nothing is decided while a graph is replayed on variables, and derivative rules do not
            // look at values: any point will do.
            let value_and_gradient = record(
                |x| {
                    let (y, gradient) = nested_gradient(|x| graph.inlined(x)[0], x);
                    [vec![y], gradient].concat()
                },
                &vec![0.5; graph.inputs],
            );
            source.push('\n');
            source.push_str(&gradient_function(&value_and_gradient.simplified(), name)?);
        }
        Ok(source)
    }
}

const PROMISE: &str =
    "/// `None` where a decision of the recorded function comes out differently.\n";
const ATTRIBUTES: &str = "#[allow(clippy::all, unused)]\n";

/// Words that a function cannot have as its name, and names that the text needs.
const RESERVED: &[&str] = &[
    "Err", "None", "Ok", "Self", "Some", "abstract", "as", "async", "await", "become", "box",
    "break", "const", "continue", "crate", "do", "dyn", "else", "enum", "extern", "false", "final",
    "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod", "move", "mut",
    "override", "priv", "pub", "ref", "return", "self", "static", "struct", "super", "trait",
    "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while",
    "yield",
];

fn function(graph: &Graph, name: &str) -> Result<String, GraphError> {
    let inputs = graph.inputs;
    if graph.outputs.len() > text::OPERATIONS {
        return Err(GraphError::TooLarge { limit: text::OPERATIONS });
    }
    let result = match graph.outputs.len() {
        1 => "f64".to_owned(),
        outputs => format!("[f64; {outputs}]"),
    };
    let names = Names(graph);
    let outputs: Vec<String> = graph.outputs.iter().map(|&output| names.of(output)).collect();
    let value = match &outputs[..] {
        [output] => output.clone(),
        outputs => format!("[{}]", outputs.join(", ")),
    };
    let mut text = format!("/// The recorded function of {inputs} variables.\n");
    text.push_str(if graph.decides() { PROMISE } else { "" });
    text.push_str(ATTRIBUTES);
    let result = optional(graph, &result, "Option<", ">");
    let _ = writeln!(text, "pub fn {name}(x: &[f64; {inputs}]) -> {result} {{");
    body(graph, &mut text)?;
    let _ = writeln!(text, "    {}\n}}", optional(graph, &value, "Some(", ")"));
    Ok(text)
}

/// The value is the first output and the gradient the others.
fn gradient_function(graph: &Graph, name: &str) -> Result<String, GraphError> {
    let inputs = graph.inputs;
    let mut text = "/// The value, and the gradient written to `gradient`.\n".to_owned();
    text.push_str(if graph.decides() { PROMISE } else { "" });
    text.push_str(ATTRIBUTES);
    let result = optional(graph, "f64", "Option<", ">");
    let _ = writeln!(
        text,
        "pub fn {name}_gradient(x: &[f64; {inputs}], gradient: &mut [f64; {inputs}]) -> {result} {{"
    );
    body(graph, &mut text)?;
    let names = Names(graph);
    for (i, &output) in graph.outputs[1..].iter().enumerate() {
        let _ = writeln!(text, "    gradient[{i}] = {};", names.of(output));
    }
    let value = names.of(graph.outputs[0]);
    let _ = writeln!(text, "    {}\n}}", optional(graph, &value, "Some(", ")"));
    Ok(text)
}

/// Text between the given ones if the graph decides, else alone.
fn optional(graph: &Graph, text: &str, before: &str, after: &str) -> String {
    if graph.decides() { format!("{before}{text}{after}") } else { text.to_owned() }
}

/// The items, operations and checks of a function.
fn body(graph: &Graph, text: &mut String) -> Result<(), GraphError> {
    let (mut items, mut operations) = (Items::default(), String::new());
    items.operations(graph, Otherwise::None, &mut operations)?;
    text.push_str(&items.text());
    text.push_str(&operations);
    Ok(())
}
