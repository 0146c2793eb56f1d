package dev.membound.model.published;

import dev.membound.model.workload.DataFormat;
import dev.membound.model.workload.Phase;

/**
 * One operator of a layer, or a whole layer, executed without fusing operators.
 *
 * @param devices that share the model by tensor parallelism
 * @param operator as the simulator calls it; {@link #LAYER} for all of a layer
 * @param tokens cached in a decode step, of the prompt in a prefill
 * @param seconds measured
 */
public record LayerTiming(
    String id,
    String source,
    String device,
    int devices,
    String model,
    DataFormat format,
    Phase phase,
    String operator,
    int batch,
    long tokens,
    double seconds)
    implements PublishedRow {
  /** All operators of a layer. */
  public static final String LAYER = "layer";
}
