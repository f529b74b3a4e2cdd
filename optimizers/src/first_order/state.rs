//! The state of an update rule: a plain value.

use calculus_core::Float;

use crate::Error;

/// What an update rule remembers between steps.
///
/// A state is a value: it can be cloned, compared, saved and loaded (feature `serde`), and a run
/// that continues from a saved state takes bit for bit the steps of the run that was not
/// interrupted. Each moment is one flat vector, parallel to the parameters, in a named [`Slot`].
///
/// A loaded state is checked by [`UpdateRule::check`](crate::UpdateRule::check), which
/// [`Optimizer::load_state`](crate::Optimizer::load_state) calls.
///
/// # Examples
/// ```
/// use optimizers::{AdamW, UpdateRule};
///
/// let rule = AdamW::new();
/// let mut state = UpdateRule::<f64>::init(&rule, 2);
/// let mut x = [1.0, -1.0];
/// rule.update(&mut state, 0.1, &mut x, &[0.5, -0.5]);
/// assert_eq!(state.step, 1);
/// assert_eq!(state.slots[0].name, "first moment");
/// assert!((state.slots[0].values[0] - 0.05).abs() < 1e-15); // (1 - 0.9) g
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct State<T> {
    /// The name of the rule that made the state.
    pub rule: String,
    /// The number of steps that were taken.
    pub step: u64,
    /// The moments.
    pub slots: Vec<Slot<T>>,
    /// Numbers that are kept once, not per parameter.
    pub scalars: Vec<Scalar>,
}

/// One vector of a [`State`], as long as the parameters.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Slot<T> {
    /// What it holds, for example `"first moment"`.
    pub name: String,
    /// One number for each parameter.
    pub values: Vec<T>,
}

/// One number of a [`State`].
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Scalar {
    /// What it is.
    pub name: String,
    /// The number.
    pub value: f64,
}

impl<T: Float> State<T> {
    /// The state before the first step: the named slots and scalars, all zero.
    pub fn zeros(rule: &str, dimension: usize, slots: &[&str], scalars: &[&str]) -> Self {
        let slot = |name: &&str| Slot { name: (*name).into(), values: vec![T::ZERO; dimension] };
        let scalar = |name: &&str| Scalar { name: (*name).into(), value: 0.0 };
        Self {
            rule: rule.into(),
            step: 0,
            slots: slots.iter().map(slot).collect(),
            scalars: scalars.iter().map(scalar).collect(),
        }
    }

    /// The values of the slot with this name.
    pub fn slot(&self, name: &str) -> Option<&[T]> {
        self.slots.iter().find(|slot| slot.name == name).map(|slot| slot.values.as_slice())
    }

    /// The scalar with this name.
    pub fn scalar(&self, name: &str) -> Option<f64> {
        self.scalars.iter().find(|scalar| scalar.name == name).map(|scalar| scalar.value)
    }

    /// Checks that the state has the form that is expected: same rule, same names, same lengths.
    ///
    /// # Errors
    /// [`Error::ForeignState`], [`Error::StateLayout`] or [`Error::StateLength`].
    pub(crate) fn has_form(
        &self,
        rule: &str,
        dimension: usize,
        slots: &[&str],
        scalars: &[&str],
    ) -> Result<(), Error> {
        if self.rule != rule {
            return Err(Error::ForeignState { expected: rule.into(), found: self.rule.clone() });
        }
        let names = || {
            let slots = self.slots.iter().map(|slot| slot.name.as_str());
            slots.chain(self.scalars.iter().map(|scalar| scalar.name.as_str()))
        };
        let expected = || slots.iter().chain(scalars).copied();
        if self.slots.len() != slots.len() || !names().eq(expected()) {
            return Err(Error::StateLayout {
                rule: rule.into(),
                expected: expected().map(Into::into).collect(),
                found: names().map(Into::into).collect(),
            });
        }
        for slot in &self.slots {
            let found = slot.values.len();
            if found != dimension {
                let slot = slot.name.clone();
                return Err(Error::StateLength { slot, expected: dimension, found });
            }
        }
        Ok(())
    }

    /// Checks that the state has the form that is expected, and finite numbers.
    ///
    /// # Errors
    /// As [`has_form`](Self::has_form), and [`Error::NonFiniteState`].
    pub(crate) fn matches(
        &self,
        rule: &str,
        dimension: usize,
        slots: &[&str],
        scalars: &[&str],
    ) -> Result<(), Error> {
        self.has_form(rule, dimension, slots, scalars)?;
        for slot in &self.slots {
            if let Some(index) = slot.values.iter().position(|v| !v.is_finite()) {
                let value = slot.values[index].to_f64();
                return Err(Error::NonFiniteState { name: slot.name.clone(), index, value });
            }
        }
        match self.scalars.iter().find(|scalar| !scalar.value.is_finite()) {
            Some(Scalar { name, value }) => {
                Err(Error::NonFiniteState { name: name.clone(), index: 0, value: *value })
            }
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mismatch_has_its_own_error() {
        let check = |state: &State<f32>| state.matches("a", 3, &["m", "v"], &["d"]);
        let good = State::<f32>::zeros("a", 3, &["m", "v"], &["d"]);
        assert_eq!(check(&good), Ok(()));
        assert_eq!(good.slot("v"), Some(&[0.0_f32; 3][..]));
        assert_eq!((good.slot("x"), good.scalar("d"), good.scalar("x")), (None, Some(0.0), None));

        let foreign = State { rule: "b".into(), ..good.clone() };
        assert!(matches!(check(&foreign), Err(Error::ForeignState { .. })));
        let renamed = State::zeros("a", 3, &["m", "w"], &["d"]);
        assert!(matches!(check(&renamed), Err(Error::StateLayout { .. })));
        let moved = State::zeros("a", 3, &["m"], &["v", "d"]);
        assert!(matches!(check(&moved), Err(Error::StateLayout { .. })));
        let short = State::zeros("a", 2, &["m", "v"], &["d"]);
        assert_eq!(
            check(&short),
            Err(Error::StateLength { slot: "m".into(), expected: 3, found: 2 })
        );
        let mut nan = good.clone();
        nan.slots[1].values[2] = f32::NAN;
        assert!(matches!(check(&nan), Err(Error::NonFiniteState { index: 2, .. })));
        let mut infinite = good;
        infinite.scalars[0].value = f64::INFINITY;
        assert!(matches!(check(&infinite), Err(Error::NonFiniteState { .. })));
    }
}
