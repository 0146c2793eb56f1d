/** Every published result beside the prediction of it, and how far they are apart. */
package dev.membound.model.published.validate;
