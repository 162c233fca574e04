import { writeReport } from './report.js';

writeReport();
