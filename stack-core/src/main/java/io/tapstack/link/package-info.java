/** The device contract, its capabilities, and simulated devices and decorators of devices. */
@NullMarked
package io.tapstack.link;

import org.jspecify.annotations.NullMarked;
