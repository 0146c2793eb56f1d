package dev.membound.kernels.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class AttentionStateTest {
  @Test
  void theEmptySetIsTheIdentityOnBothSides() {
    AttentionState state = state(1.25f, -3.5);
    AttentionState empty = AttentionState.create(1, 2);
    state.merge(empty);
    assertThat(state.output()).containsExactly(1.25f, -1.25f);
    assertThat(state.lse()).containsExactly(-3.5);
    empty.merge(state);
    assertThat(empty.output()).containsExactly(1.25f, -1.25f);
    assertThat(empty.lse()).containsExactly(-3.5);
  }

  @Test
  void mergingEmptySetsStaysEmptyWithoutNaN() {
    AttentionState a = AttentionState.create(2, 3);
    a.merge(AttentionState.create(2, 3));
    assertThat(a.output()).containsOnly(0f);
    assertThat(a.lse()).containsOnly(Double.NEGATIVE_INFINITY);
  }

  @Test
  void weighsByTheSumOfExponentials() {
    // logits ln 1 with o = 4 and ln 3 with o = 8: o = (4 + 3·8) / 4, lse = ln 4
    AttentionState a = state(4, 0);
    a.merge(state(8, Math.log(3)));
    assertThat(a.output()[0]).isCloseTo(7f, within(1e-6f));
    assertThat(a.lse()[0]).isCloseTo(Math.log(4), within(1e-15));
  }

  @Test
  void doesNotOverflowWithFarApartExponents() {
    AttentionState a = state(4, 5000);
    a.merge(state(8, -5000));
    assertThat(a.output()[0]).isEqualTo(4f);
    assertThat(a.lse()[0]).isEqualTo(5000);
    AttentionState b = state(8, -5000);
    b.merge(state(4, 5000));
    assertThat(b.output()[0]).isEqualTo(4f);
  }

  @Test
  void refusesAnInfiniteSum() {
    assertThatThrownBy(() -> state(1, 1).merge(state(2, Double.POSITIVE_INFINITY)))
        .hasMessageContaining("lse of head 0 is +∞");
  }

  @Test
  void refusesOtherShapes() {
    assertThatThrownBy(() -> state(1, 1).merge(AttentionState.create(2, 2)))
        .hasMessage("cannot merge a state of 2 × 2 into one of 1 × 2");
  }

  private static AttentionState state(float o, double lse) {
    AttentionState state = AttentionState.create(1, 2);
    state.output()[0] = o;
    state.output()[1] = -o;
    state.lse()[0] = lse;
    return state;
  }
}
