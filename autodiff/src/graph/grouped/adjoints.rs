//! How the reverse sweep leaves adjoints: what need not be cleared, nor written for each member.

use calculus_core::elementary::{Binary, Unary};

use super::group::{Group, Grouped, Kind, Seeded, Source, Store};
use crate::graph::op::Op;

/// Decides how each group stores the adjoints of its operands.
pub(super) fn prepare(grouped: &mut Grouped) {
    find_uniform(grouped);
    find_first_stores(grouped);
}

/// The group that a place belongs to.
fn producers(grouped: &Grouped) -> Vec<Option<usize>> {
    let mut producers = vec![None; grouped.places];
    for (index, group) in grouped.groups.iter().enumerate() {
        producers[group.results()].fill(Some(index));
    }
    producers
}

/// Finds the groups all of whose adjoints are one number: the terms of a sum, and what those are made
/// of by sums, differences and common factors.
fn find_uniform(grouped: &mut Grouped) {
    let producers = producers(grouped);
    // How often the adjoints of each group are added to.
    let mut reads = vec![0; grouped.groups.len()];
    let mut read = |place: u32| {
        if let Some(producer) = producers[place as usize] {
            reads[producer] += 1;
        }
    };
    grouped.outputs.iter().copied().for_each(&mut read);
    for group in &grouped.groups {
        for &source in &group.operands[..group.arity()] {
            (0..group.count).for_each(|k| read(grouped.place(source, k)));
        }
    }
    for index in (0..grouped.groups.len()).rev() {
        let group = grouped.groups[index];
        for slot in (0..group.arity()).filter(|&slot| passes_on_one_number(&group, slot)) {
            let Source::Range(start) = group.operands[slot] else { continue };
            let Some(producer) = producers[start as usize] else { continue };
            let target = &mut grouped.groups[producer];
            let whole = target.at == start && target.count == group.count;
            let each = matches!(target.kind, Kind::Each(_));
            if each && whole && reads[producer] == group.count {
                target.uniform = true;
                grouped.groups[index].stores[slot] = Store::Once;
            }
        }
    }
}

/// Whether the contributions of all members to the adjoints of an operand are the same.
fn passes_on_one_number(group: &Group, slot: usize) -> bool {
    let op = match group.kind {
        Kind::Sum { .. } => return true,
        Kind::Each(op) => op,
    };
    let factor =
        |slot: usize| matches!(group.operands[slot], Source::Constant(_) | Source::Same(_));
    group.uniform
        && match op {
            Op::Copy | Op::Unary(Unary::Neg) | Op::Binary(Binary::Add | Binary::Sub) => true,
            Op::Binary(Binary::Mul) => factor(1 - slot),
            Op::Binary(Binary::Div) => slot == 0 && factor(1),
            Op::MulAdd => slot == 2 || factor(1 - slot),
            _ => false,
        }
}

/// Goes through the groups as the reverse sweep does, and finds out where it meets adjoints for the
/// first time: they need not be cleared, nor read.
fn find_first_stores(grouped: &mut Grouped) {
    // Nothing lies between the groups.
    let mut met = vec![true; grouped.places];
    met[..grouped.inputs + grouped.constants.len()].fill(false);
    for group in &grouped.groups {
        met[group.results()].fill(false);
    }
    met[..grouped.accumulated].fill(true);
    let mut cleared = vec![false; grouped.places];
    let mut clear = |place: usize, met: &mut [bool]| {
        cleared[place] |= !met[place];
        met[place] = true;
    };
    for &output in &grouped.outputs {
        let first = !met[output as usize];
        met[output as usize] = true;
        match grouped.seeded.last_mut() {
            Some(run) if run.places.end == output && run.first == first => run.places.end += 1,
            _ => grouped.seeded.push(Seeded { places: output..output + 1, first }),
        }
    }
    for group in grouped.groups.iter_mut().rev() {
        for slot in 0..group.arity() {
            match group.operands[slot] {
                Source::Constant(_) => {}
                Source::Same(place) => clear(place as usize, &mut met),
                Source::Range(start) => {
                    let range = start as usize..(start + group.count) as usize;
                    let first = !met[range.clone()].contains(&true);
                    if first {
                        met[range].fill(true);
                        if group.stores[slot] == Store::Added {
                            group.stores[slot] = Store::First;
                        }
                    } else {
                        range.for_each(|place| clear(place, &mut met));
                    }
                }
                Source::List(start) => {
                    let list = &grouped.list[start as usize..][..group.count as usize];
                    list.iter().for_each(|&place| clear(place as usize, &mut met));
                }
            }
        }
    }
    // Inputs that nothing reads, and nodes that only a decision reads.
    (0..grouped.places).for_each(|place| clear(place, &mut met));
    for (place, _) in cleared.iter().enumerate().filter(|(_, cleared)| **cleared) {
        let place = place as u32;
        match grouped.cleared.last_mut() {
            Some(range) if range.end == place => range.end += 1,
            _ => grouped.cleared.push(place..place + 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use calculus_core::Real;
    use calculus_core::elementary::Binary;
    use proptest::prelude::*;

    use super::Store;
    use crate::Var;
    use crate::graph::grouped::schedule;
    use crate::graph::grouped::tests::evaluate;
    use crate::graph::node::Graph;
    use crate::graph::passes::random;

    /// One step on vectors: the operation, the vectors it reads, and by how many entries the second
    /// one is shifted.
    type Step = (u8, usize, usize, usize);

    /// Operations that have the same bits in groups and alone; the sum of the last vector and single
    /// entries.
    fn wide(steps: &[Step], x: &[Var]) -> Vec<Var> {
        let mut vectors = vec![x.to_vec()];
        for &(op, a, b, shift) in steps {
            let (a, b) = (&vectors[a % vectors.len()], &vectors[b % vectors.len()]);
            let n = a.len().min(b.len());
            let shift = if shift % 2 == 0 { 0 } else { shift % n };
            let factor = if op % 3 == 0 { a.iter().copied().sum() } else { Var::from(0.5) };
            let entry = |(a, b): (Var, Var)| match op / 3 % 11 {
                0 => a + b,
                1 => a - b,
                2 => a * b * factor,
                3 => factor * a,
                4 => a / (factor * factor + 1.0),
                5 => -a - b,
                6 => a.mul_add(factor, b),
                7 => (b * b + 0.5).sqrt() - a,
                8 => a / (b * b + 1.0),
                9 => 3.0 * a * a + factor,
                _ => a.combine(Binary::Max, b),
            };
            vectors.push((0..n).map(|i| entry((a[i], b[(i + shift) % n]))).collect());
        }
        let last = &vectors[vectors.len() - 1];
        vec![last.iter().copied().sum(), last[last.len() / 2], vectors[vectors.len() / 2][0]]
    }

    proptest! {
        #[test]
        fn wide_graphs_keep_their_values_and_derivatives(
            steps in prop::collection::vec(any::<Step>(), 1..7),
            n in 20_usize..90,
        ) {
            let x: Vec<f64> = (0..n).map(|i| (1.7 * i as f64).sin()).collect();
            let graph = Graph::record(|x| wide(&steps, x), &x);
            let grouped = schedule::schedule(&graph.simplified(), 0);
            random::assert_same(&evaluate(&grouped, &x, 3), &random::evaluate(&graph, &x));
        }
    }

    #[test]
    fn the_terms_of_a_sum_have_one_adjoint() {
        let f =
            |x: &[Var]| -> Var { x.iter().map(|x| x.sin()).map(|y| 2.0 * (y - 1.0) - y * y).sum() };
        let graph = Graph::record(|x: &[Var]| f(x), &[0.5; 40]);
        let grouped = schedule::schedule(&graph.simplified(), 0);
        let uniform = grouped.groups.iter().filter(|group| group.uniform).count();
        // The difference of the terms, the double, the difference in it and the square.
        assert_eq!(uniform, 4, "{:?}", grouped.groups);
        let once = grouped.groups.iter().flat_map(|group| group.stores);
        assert_eq!(once.filter(|&store| store == Store::Once).count(), 4);
        let (_, gradient) = evaluate(&grouped, &[0.5; 40], 1);
        let slope = (2.0 - 2.0 * 0.5_f64.sin()) * 0.5_f64.cos();
        assert!(gradient.iter().all(|g| (g - slope).abs() < 1e-15));
    }

    #[test]
    fn what_something_else_reads_too_has_an_adjoint_for_each() {
        let f = |x: &[Var]| -> Vec<Var> {
            let squares: Vec<Var> = x.iter().map(|&x| x * x).collect();
            vec![squares.iter().copied().sum(), squares[3]]
        };
        let graph = Graph::record(f, &[1.5; 40]);
        let grouped = schedule::schedule(&graph.simplified(), 0);
        assert!(grouped.groups.iter().all(|group| !group.uniform));
        let (_, gradient) = evaluate(&grouped, &[1.5; 40], 2);
        assert_eq!(gradient[2..5], [3.0, 1.5, 3.0]); // cotangents 1 and -0.5
    }
}
