//! Where a call finds its operands and leaves its results in the arrays of a workspace.

use core::ops::Range;
use std::sync::Arc;

use calculus_core::Real;

use super::Block;

/// Operands are copied in stretches if a stretch has as many on average.
const STRETCH: usize = 4;

/// A call with the places of its operands and results, among those of values or of adjoints.
#[derive(Clone, Debug)]
pub(crate) struct PlacedCall {
    pub(crate) block: Arc<dyn Block>,
    pub(crate) operands: Operands,
    pub(crate) results: Range<usize>,
    /// Whether a reverse sweep meets the adjoints of the operands here for the first time. They are a
    /// slice then, and stored instead of added.
    pub(crate) stored: bool,
}

/// The places of the operands of a call.
#[derive(Clone, Debug)]
pub(crate) enum Operands {
    /// Side by side, before the results: they are passed as a slice of the array itself.
    Slice(Range<usize>),
    /// Stretches of places that are side by side.
    Stretches(Vec<Range<usize>>),
    /// Any places.
    Each(Vec<u32>),
}

impl Operands {
    /// Those of a call whose results begin at the place `first`.
    pub(crate) fn new(places: &[u32], first: usize) -> Self {
        let stretches = places.chunk_by(|a, b| a + 1 == *b);
        let most = places.len() / STRETCH + 1;
        if stretches.clone().take(most + 1).count() > most {
            return Self::Each(places.to_vec());
        }
        let range = |places: &[u32]| places[0] as usize..places[0] as usize + places.len();
        let stretches: Vec<_> = stretches.map(range).collect();
        match &stretches[..] {
            [] => Self::Slice(0..0),
            [places] if places.end <= first => Self::Slice(places.clone()),
            _ => Self::Stretches(stretches),
        }
    }

    /// The number of operands.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Slice(places) => places.len(),
            Self::Stretches(stretches) => stretches.iter().map(Range::len).sum(),
            Self::Each(places) => places.len(),
        }
    }

    /// Marks the places of the operands.
    pub(crate) fn mark(&self, marks: &mut [bool]) {
        match self {
            Self::Slice(places) => marks[places.clone()].fill(true),
            Self::Stretches(stretches) => {
                stretches.iter().for_each(|places| marks[places.clone()].fill(true));
            }
            Self::Each(places) => places.iter().for_each(|&place| marks[place as usize] = true),
        }
    }

    /// Copies the operands to `x`.
    pub(crate) fn read<T: Copy>(&self, values: &[T], x: &mut [T]) {
        let mut rest = x;
        let mut read = |places: &Range<usize>| {
            let (x, after) = core::mem::take(&mut rest).split_at_mut(places.len());
            x.copy_from_slice(&values[places.clone()]);
            rest = after;
        };
        match self {
            Self::Slice(places) => read(places),
            Self::Stretches(stretches) => stretches.iter().for_each(read),
            Self::Each(places) => {
                rest.iter_mut().zip(places).for_each(|(x, &place)| *x = values[place as usize]);
            }
        }
    }

    /// Adds `gx` to the adjoints of the operands.
    pub(crate) fn add<T: Real>(&self, gx: &[T], adjoints: &mut [T]) {
        let mut rest = gx;
        let mut add = |places: &Range<usize>| {
            let (gx, after) = rest.split_at(places.len());
            adjoints[places.clone()].iter_mut().zip(gx).for_each(|(sum, &gx)| *sum += gx);
            rest = after;
        };
        match self {
            Self::Slice(places) => add(places),
            Self::Stretches(stretches) => stretches.iter().for_each(add),
            Self::Each(places) => {
                rest.iter().zip(places).for_each(|(&gx, &place)| adjoints[place as usize] += gx);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Operands;

    #[test]
    fn operands_side_by_side_before_the_results_are_a_slice() {
        assert!(
            matches!(Operands::new(&[2, 3, 4], 5), Operands::Slice(places) if places == (2..5))
        );
        assert!(matches!(Operands::new(&[], 0), Operands::Slice(places) if places == (0..0)));
        // Constants stand behind the results.
        assert!(matches!(Operands::new(&[7, 8], 5), Operands::Stretches(_)));
        assert!(matches!(Operands::new(&[3, 2, 4], 5), Operands::Each(_)));
    }

    #[test]
    fn stretches_and_single_places_are_read_and_added_to_in_order() {
        let values: Vec<f64> = (0..12).map(f64::from).collect();
        let stretches: Vec<u32> = vec![5, 0, 1, 2, 3, 4, 5, 6, 11, 1, 2];
        for places in [stretches, vec![4, 2, 9], vec![3, 4]] {
            let operands = Operands::new(&places, 12);
            let mut x = vec![0.0; operands.len()];
            operands.read(&values, &mut x);
            let expected: Vec<f64> = places.iter().map(|&place| f64::from(place)).collect();
            assert_eq!(x, expected);
            let (mut adjoints, mut sums) = (vec![1.0; 12], vec![1.0; 12]);
            operands.add(&x, &mut adjoints);
            places.iter().for_each(|&place| sums[place as usize] += f64::from(place));
            assert_eq!(adjoints, sums);
        }
    }
}
