package dev.membound.model.simulate;

import dev.membound.model.memory.NearMemory;
import dev.membound.model.network.Link;
import dev.membound.model.placement.HardwareSystem;
import dev.membound.model.quantity.Draw;
import dev.membound.model.workload.Operator;

/**
 * An operator on the station that runs it.
 *
 * @param spill runs what {@code station} cannot reach
 * @param reach share of the operand that {@code station} reaches
 * @param handedOnBytes keys and values that every KV module gets from the devices afterwards
 */
record Assignment(
    HardwareSystem system,
    Operator operator,
    Station station,
    Station spill,
    double reach,
    long handedOnBytes) {

  /** Time of one execution. */
  OperatorTime time(Draw draw) {
    if (operator.kernel().collective()) {
      Link link = system.device().link().orElseThrow();
      double seconds =
          link.network(operator.participants(), draw)
              .seconds(operator.kernel(), operator.inputBytes());
      return new OperatorTime(0, 0, 0, seconds, seconds);
    }
    OperatorTime time = station.time(operator, reach, draw);
    if (reach < 1) {
      time = time.plus(spill.time(operator, 1 - reach, draw));
    }
    return time.plus(kvTransfer(draw));
  }

  /** A prompt's keys and values are computed on the devices and moved to the KV modules. */
  private OperatorTime kvTransfer(Draw draw) {
    if (handedOnBytes == 0) {
      return new OperatorTime(0, 0, 0, 0, 0);
    }
    NearMemory module = (NearMemory) system.kvModule().orElseThrow().memory().model();
    double seconds = module.exchangeSeconds(handedOnBytes, 0, 0, draw);
    return new OperatorTime(0, 0, 0, seconds, seconds);
  }

  String engine() {
    return operator.kernel().collective()
        ? system.device().link().orElseThrow().name()
        : station.label();
  }

  double memoryJoules(Draw draw) {
    if (operator.kernel().collective()) {
      return 0;
    }
    double joules = reach * station.memoryJoules(operator, draw);
    return reach < 1 ? joules + (1 - reach) * spill.memoryJoules(operator, draw) : joules;
  }
}
