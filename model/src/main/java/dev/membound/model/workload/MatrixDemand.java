package dev.membound.model.workload;

/**
 * A matrix times vectors: every weight once, two FLOPs a weight and vector. Also a norm, and rows
 * of a table.
 *
 * @param vectors how many
 * @param fixedWeightBytes read whatever the number of vectors
 * @param weightBytesPerVector rows of a table
 * @param inputBytesPerVector activations read
 * @param outputBytesPerVector activations written
 * @param flopsPerVector 2 · weights for a matrix
 * @param exchanged whether inputs and outputs go to an engine elsewhere when it runs there
 */
record MatrixDemand(
    Vectors vectors,
    long fixedWeightBytes,
    long weightBytesPerVector,
    long inputBytesPerVector,
    long outputBytesPerVector,
    long flopsPerVector,
    boolean exchanged)
    implements Demand {

  @Override
  public boolean growsWithContext() {
    return vectors.growsWithContext();
  }

  @Override
  public long weightBytes(PhaseSize size) {
    return fixedWeightBytes + Math.multiplyExact(weightBytesPerVector, vectors.count(size));
  }

  @Override
  public long activationBytes(PhaseSize size) {
    return Math.multiplyExact(vectors.count(size), inputBytesPerVector + outputBytesPerVector);
  }

  @Override
  public long flops(PhaseSize size) {
    return Math.multiplyExact(vectors.count(size), flopsPerVector);
  }

  @Override
  public long inputBytes(PhaseSize size) {
    return exchanged ? Math.multiplyExact(vectors.count(size), inputBytesPerVector) : 0;
  }

  @Override
  public long outputBytes(PhaseSize size) {
    return exchanged ? Math.multiplyExact(vectors.count(size), outputBytesPerVector) : 0;
  }
}
