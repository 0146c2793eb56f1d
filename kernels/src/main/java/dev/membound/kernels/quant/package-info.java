/**
 * Weight formats: what the bytes of a block mean. {@link dev.membound.kernels.quant.QuantType} is
 * the register, one {@link dev.membound.kernels.quant.BlockCodec} a format the scalar reference.
 */
package dev.membound.kernels.quant;
