package dev.membound.model.workload;

/**
 * One operator of a model under formats and sharding, before batch and context are known. Shapes
 * are made once; asking one for its bytes and FLOPs at a size allocates nothing.
 *
 * @param name as in {@link Operator}, like the components not named here
 * @param participants devices of a collective, 1 for all others
 * @param demand bytes and FLOPs by size
 */
public record OperatorShape(
    String name,
    Kernel kernel,
    DataFormat operand,
    DataFormat compute,
    Operator.Home home,
    int repeats,
    long chunkBytes,
    int participants,
    Demand demand) {

  /** Whether it runs at all: a selection that would keep everything does not. */
  public boolean runs(PhaseSize size) {
    return demand.runs(size);
  }

  /** Whether the cached tokens decide its time, and not the new ones alone. */
  public boolean growsWithContext() {
    return demand.growsWithContext();
  }

  /** Bytes that memory must deliver whatever the size of the caches, on one device. */
  public long streamedReadBytes(PhaseSize size) {
    return demand.weightBytes(size) + demand.kvReadBytes(size) + demand.indexBytes(size);
  }

  /** Keys, values and states written. */
  public long kvWriteBytes(PhaseSize size) {
    return demand.kvWriteBytes(size);
  }

  /** Activations read and written, which stay on chip where they fit. */
  public long activationBytes(PhaseSize size) {
    return demand.activationBytes(size);
  }

  /** Floating-point operations, 2 a multiply-add. */
  public long flops(PhaseSize size) {
    return demand.flops(size);
  }

  /** Message of a collective, or activations that an engine elsewhere has to be sent. */
  public long inputBytes(PhaseSize size) {
    return demand.inputBytes(size);
  }

  /** Bytes that the device sends to its equals. */
  public long collectiveBytes(PhaseSize size) {
    return demand.collectiveBytes(size);
  }

  /** Results that an engine elsewhere sends back. */
  public long outputBytes(PhaseSize size) {
    return demand.outputBytes(size);
  }

  /** The operator at a size. */
  public Operator at(PhaseSize size) {
    OperatorCost cost =
        new OperatorCost(
            demand.weightBytes(size),
            demand.kvReadBytes(size),
            demand.kvWriteBytes(size),
            demand.indexBytes(size),
            demand.activationBytes(size),
            demand.collectiveBytes(size),
            demand.flops(size));
    return new Operator(
        name,
        kernel,
        operand,
        compute,
        home,
        repeats,
        chunkBytes,
        participants,
        cost,
        demand.inputBytes(size),
        demand.outputBytes(size),
        demand.intermediateBytes(size));
  }

  /** Whether it is the same operator as another apart from {@link #repeats()}. */
  boolean sameAs(OperatorShape other) {
    return withRepeats(1).equals(other.withRepeats(1));
  }

  OperatorShape withRepeats(int times) {
    return new OperatorShape(
        name, kernel, operand, compute, home, times, chunkBytes, participants, demand);
  }
}
