//! The trait of callbacks.

use std::collections::BTreeMap;

use autodiff::tensor::Element;

use crate::error::Result;
use crate::fit::FitContext;

/// What is called at certain moments of a fit.
///
/// Each hook is given a [`FitContext`], which tells where the fit is, gives access to the
/// parameters, and takes requests: to stop after this epoch
/// ([`request_stop`](FitContext::request_stop)) or to write a checkpoint
/// ([`request_checkpoint`](FitContext::request_checkpoint)). Hooks of several callbacks run in the
/// order in which the callbacks were added; requests are carried out after the last of them, so
/// that a checkpoint holds what all callbacks have seen.
///
/// A callback that remembers something on which the run depends gives it out with
/// [`state`](Self::state) and takes it back with [`load_state`](Self::load_state).
///
/// # Examples
/// Stops after a fixed number of steps:
/// ```
/// use training::{Callback, FitContext, Result};
///
/// #[derive(Debug)]
/// struct StepLimit(u64);
///
/// impl Callback<f32> for StepLimit {
///     fn name(&self) -> &'static str {
///         "step limit"
///     }
///     fn on_step_end(&mut self, context: &mut FitContext<'_, f32>) -> Result<()> {
///         if context.step() >= self.0 {
///             context.request_stop("step limit", format!("{} steps", self.0));
///         }
///         Ok(())
///     }
/// }
/// ```
pub trait Callback<T: Element> {
    /// The name of the callback, for messages and for recognising its state in a checkpoint.
    fn name(&self) -> &'static str;

    /// Before the first epoch of this run, after a checkpoint was loaded.
    ///
    /// # Errors
    /// Any error ends the fit before its first step.
    fn on_fit_start(&mut self, context: &mut FitContext<'_, T>) -> Result<()> {
        let _ = context;
        Ok(())
    }

    /// Before the first step of an epoch.
    ///
    /// # Errors
    /// Any error ends the fit.
    fn on_epoch_start(&mut self, context: &mut FitContext<'_, T>) -> Result<()> {
        let _ = context;
        Ok(())
    }

    /// After an update step. A stop requested here takes effect before the next step; unless the
    /// step was the last of its epoch, the epoch is then unfinished and has no record.
    ///
    /// # Errors
    /// Any error ends the fit.
    fn on_step_end(&mut self, context: &mut FitContext<'_, T>) -> Result<()> {
        let _ = context;
        Ok(())
    }

    /// After an epoch and its validation; [`FitContext::record`] is the epoch's.
    ///
    /// # Errors
    /// Any error ends the fit.
    fn on_epoch_end(&mut self, context: &mut FitContext<'_, T>) -> Result<()> {
        let _ = context;
        Ok(())
    }

    /// After the last epoch, whatever ended the fit but an error.
    ///
    /// # Errors
    /// Any error is the result of the fit.
    fn on_fit_end(&mut self, context: &mut FitContext<'_, T>) -> Result<()> {
        let _ = context;
        Ok(())
    }

    /// What the callback remembers, for a checkpoint; `None` if nothing depends on it.
    fn state(&self) -> Option<CallbackState<T>> {
        None
    }

    /// Takes back what [`state`](Self::state) gave out.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the state.
    fn load_state(&mut self, state: CallbackState<T>) -> Result<(), String> {
        let _ = state;
        Ok(())
    }
}

/// What a [`Callback`] remembers, in a form that a checkpoint can hold.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CallbackState<T> {
    /// Finite numbers by name. What is not there is left out.
    pub numbers: BTreeMap<String, f64>,
    /// Vectors by name, for example parameters that are kept.
    pub vectors: BTreeMap<String, Vec<T>>,
}

impl<T: Element, C: Callback<T> + ?Sized> Callback<T> for &mut C {
    fn name(&self) -> &'static str {
        (**self).name()
    }
    fn on_fit_start(&mut self, context: &mut FitContext<'_, T>) -> Result<()> {
        (**self).on_fit_start(context)
    }
    fn on_epoch_start(&mut self, context: &mut FitContext<'_, T>) -> Result<()> {
        (**self).on_epoch_start(context)
    }
    fn on_step_end(&mut self, context: &mut FitContext<'_, T>) -> Result<()> {
        (**self).on_step_end(context)
    }
    fn on_epoch_end(&mut self, context: &mut FitContext<'_, T>) -> Result<()> {
        (**self).on_epoch_end(context)
    }
    fn on_fit_end(&mut self, context: &mut FitContext<'_, T>) -> Result<()> {
        (**self).on_fit_end(context)
    }
    fn state(&self) -> Option<CallbackState<T>> {
        (**self).state()
    }
    fn load_state(&mut self, state: CallbackState<T>) -> Result<(), String> {
        (**self).load_state(state)
    }
}
