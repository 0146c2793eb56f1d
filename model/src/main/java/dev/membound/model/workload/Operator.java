package dev.membound.model.workload;

/**
 * One operator, executed {@code repeats} times a phase, once a layer that has it.
 *
 * @param name for people, equal for the same operator of different models
 * @param kernel family
 * @param operand format of the streamed operand
 * @param compute format of the arithmetic
 * @param home where the streamed operand lives
 * @param repeats executions a phase
 * @param chunkBytes contiguous bytes of the streamed operand; {@link #STREAM} when it is contiguous
 *     throughout
 * @param participants devices of a collective, 1 for all others
 * @param cost of one execution on one device
 * @param inputBytes message of a collective, or activations that an engine elsewhere has to be sent
 * @param outputBytes results that it sends back
 * @param intermediateBytes attention scores, which leave an engine that cannot do a softmax
 */
public record Operator(
    String name,
    Kernel kernel,
    DataFormat operand,
    DataFormat compute,
    Home home,
    int repeats,
    long chunkBytes,
    int participants,
    OperatorCost cost,
    long inputBytes,
    long outputBytes,
    long intermediateBytes) {

  /** Chunk size of an operand without gaps. */
  public static final long STREAM = Long.MAX_VALUE;

  /** What the streamed operand is, which decides the memory that it lives in. */
  public enum Home {
    WEIGHTS,
    KV,
    /**
     * Recurrent states, which lie with the KV cache but stay on the device where modules hold it.
     */
    STATE,
    ACTIVATIONS
  }
}
