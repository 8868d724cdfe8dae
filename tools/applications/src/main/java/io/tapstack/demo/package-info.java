/** The demonstration: real tools of the host against a server on Tapstack. */
@NullMarked
package io.tapstack.demo;

import org.jspecify.annotations.NullMarked;
