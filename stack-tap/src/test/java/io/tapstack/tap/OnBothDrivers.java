package io.tapstack.tap;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Runs the tests of a class with io_uring and with system calls; the constructor takes the {@link TapIo}. Where the
 * machine refuses io_uring, both are system calls.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedClass
@EnumSource(names = {"URING", "SYSCALLS"})
@interface OnBothDrivers {}
