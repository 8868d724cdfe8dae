package io.tapstack.httpd;

import io.tapstack.cli.StackUnderTest;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestInstancePostProcessor;

/** Runs the tests of a {@link ServerFixture} with the server on our stack, and the clients on the kernel's. */
final class OnTapstack extends StackUnderTest implements TestInstancePostProcessor {

    @Override
    public void postProcessTestInstance(final Object test, final ExtensionContext context) {
        ((ServerFixture) test).moveTo(new ServerPlace(transport(), address(), false));
    }
}
