/**
 * From measurements to a device profile, and the proof of it. In the order of use:
 *
 * <ol>
 *   <li>{@link dev.membound.model.calibrate.PhysicsCheck} refuses results that cannot be,
 *   <li>{@link dev.membound.model.calibrate.Calibrator} fits the equations of {@link
 *       dev.membound.model.run.ProfileFile},
 *   <li>{@link dev.membound.model.calibrate.CrossValidation} predicts what a fit never saw,
 *   <li>{@link dev.membound.model.calibrate.Calibration} does all of it on a run folder.
 * </ol>
 */
package dev.membound.model.calibrate;
