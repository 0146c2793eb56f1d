package dev.membound.model.simulate;

import dev.membound.model.placement.CapacityLedger;
import dev.membound.model.quantity.Provenance;
import dev.membound.model.run.Interval;
import java.util.List;

/**
 * A prediction.
 *
 * @param seconds of the whole phase: best estimate in the middle, 90 % interval around it
 * @param tokensPerSecond of the whole batch: new tokens over {@code seconds}
 * @param memoryJoules energy of moving operands between cells and engines, all devices; the
 *     engines' own energy is not in it
 * @param operators in order, best estimate; their seconds add up to the middle of {@code seconds}
 * @param ledger what lies where; a time is given even when it does not fit
 * @param provenance what stands behind the numbers used, weakest first
 * @param warnings where the prediction leaves the range that stands behind it
 */
public record Estimate(
    Interval seconds,
    Interval tokensPerSecond,
    double memoryJoules,
    List<OperatorEstimate> operators,
    CapacityLedger ledger,
    List<Provenance> provenance,
    List<String> warnings) {}
