package dev.membound.model.network;

/** A way of wiring that grows with the number of devices. */
public enum TopologyKind {
  RING,
  SWITCH,
  FAT_TREE,
  DRAGONFLY,
  TORUS_2D,
  TORUS_3D,
  TORUS_6D,
  FULLY_CONNECTED;

  /** Ports of the switches of today's fat trees. */
  private static final int RADIX = 64;

  /** This wiring of {@code devices} devices. */
  public Topology of(int devices) {
    return switch (this) {
      case RING -> new Topology.Ring(devices);
      case SWITCH -> new Topology.Switch(devices);
      case FAT_TREE -> new Topology.FatTree(devices, RADIX);
      case DRAGONFLY -> dragonfly(devices);
      case TORUS_2D -> Topology.Torus.of(devices, 2);
      case TORUS_3D -> Topology.Torus.of(devices, 3);
      case TORUS_6D -> Topology.Torus.of(devices, 6);
      case FULLY_CONNECTED -> new Topology.FullyConnected(devices);
    };
  }

  /**
   * Balanced as Kim et al. advise where the number allows: routers a group twice the devices each.
   */
  private static Topology dragonfly(int devices) {
    Topology.Torus shape = Topology.Torus.of(devices, 3);
    return new Topology.Dragonfly(shape.sizes().get(0), shape.sizes().get(1), shape.sizes().get(2));
  }
}
