package io.tapstack.socket;

/** Two stacks on a link that takes super-segments. */
final class OffloadStreamTest extends StreamContract {

    @Override
    StreamKit openKit() {
        return new TapKit(RealTimeHost.onOffloadingLink());
    }
}
