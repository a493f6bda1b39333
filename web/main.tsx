import { render } from 'preact';

render(<p>Hearsay</p>, document.body);
